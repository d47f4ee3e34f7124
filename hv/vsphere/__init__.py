"""vCenter and ESXi through pyVmomi, which is imported nowhere else."""
