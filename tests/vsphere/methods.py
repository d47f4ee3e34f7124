"""What is called over the network, by pyVmomi's names, and what may go wrong with it."""

from pyVmomi import vim, vmodl

CALLED = {
    "RetrieveContent": vim.ServiceInstance,
    "Login": vim.SessionManager,
    "Logout": vim.SessionManager,
    "FindByInventoryPath": vim.SearchIndex,
    "RetrievePropertiesEx": vmodl.query.PropertyCollector,
    "ContinueRetrievePropertiesEx": vmodl.query.PropertyCollector,
    "QueryOptions": vim.option.OptionManager,
    "UpdatePortGroup": vim.host.NetworkSystem,
    "ReconfigureDVPortgroup_Task": vim.dvs.DistributedVirtualPortgroup,
    "AddDVPortgroup_Task": vim.DistributedVirtualSwitch,
    "AddPortGroup": vim.host.NetworkSystem,
    "RemovePortGroup": vim.host.NetworkSystem,
    "Destroy_Task": vim.ManagedEntity,
    "ReconfigVM_Task": vim.VirtualMachine,
    "AddFieldDefinition": vim.CustomFieldsManager,
    "SetField": vim.CustomFieldsManager,
    "FindChild": vim.SearchIndex,
    "CancelTask": vim.Task,
    "CreateVM_Task": vim.Folder,
    "CloneVM_Task": vim.VirtualMachine,
    "PowerOnVM_Task": vim.VirtualMachine,
    "PowerOffVM_Task": vim.VirtualMachine,
    "SuspendVM_Task": vim.VirtualMachine,
    "ResetVM_Task": vim.VirtualMachine,
    "CopyVirtualDisk_Task": vim.VirtualDiskManager,
    "ReconfigureComputeResource_Task": vim.ComputeResource,
    "StartProgramInGuest": vim.vm.guest.ProcessManager,
    "ListProcessesInGuest": vim.vm.guest.ProcessManager,
    "InitiateFileTransferToGuest": vim.vm.guest.FileManager,
    "InitiateFileTransferFromGuest": vim.vm.guest.FileManager,
    "DeleteFileInGuest": vim.vm.guest.FileManager,
}
# As the simulator knows them; a task that fails is "task:" and a fault, see tests/vcsim/control.go.
KINDS = (
    "disconnect",
    "delay",
    "NotAuthenticated",
    "NoPermission",
    "ConcurrentAccess",
    "InvalidState",
    "ResourceInUse",
    "task",
    "expire",
)


def injectable() -> set[tuple[str, str]]:
    """Return each method, as it is called on the wire, with each kind of fault that it may have."""
    names = {getattr(kind, name).info.wsdlName for name, kind in CALLED.items()}
    return {
        (name, kind) for name in names for kind in KINDS if kind != "task" or name.endswith("_Task")
    }
