"""How the guest is told: cloud-init documents and the seeds that carry them."""
