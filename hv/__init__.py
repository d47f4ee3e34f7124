"""What makes it exist: machines, port groups, images and the lab on a hypervisor."""
