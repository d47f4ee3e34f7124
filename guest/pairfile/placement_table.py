"""The `placement` key of the pair file: where new machines go in the inventory of a vSphere."""

from vipprov.guest.pairfile import fields
from vipprov.guest.pairfile.table import Table, optional


class PlacementTable(Table):
    """Where new machines go on vSphere, by names or inventory paths."""

    cluster: fields.InventoryName | None = optional("Cluster.", example="Production")
    host: fields.InventoryName | None = optional(
        "Host that it is made on; in a cluster DRS may move it later.", example="esx1.example"
    )
    resource_pool: fields.InventoryName | None = optional(
        "Resource pool; if not given, that of the cluster or host itself.", example="web"
    )
    datastore: fields.InventoryName | None = optional(
        "Datastore; if not given, the template's.", example="ssd-1"
    )
    folder: fields.InventoryName | None = optional(
        "Folder of machines; if not given, that of the datacenter.", example="Production/web"
    )
