"""Turn a pair file into what is desired, with everything that it refers to read and checked."""

from pathlib import Path

from vipprov.cloudinit import documents, identity, own, schema
from vipprov.cloudinit.credentials import Credentials
from vipprov.cloudinit.network import NicNaming
from vipprov.guest import render, vrrp
from vipprov.guest.deadline import Deadline
from vipprov.guest.errors import MissingError
from vipprov.guest.pair import CustomPolicy, Guest, Pair, PolicyMode
from vipprov.hv import registry
from vipprov.hv.images import catalogue, store
from vipprov.hv.images.disk import Disk
from vipprov.hv.images.image import Form
from vipprov.hv.machine import MachineSpec, Nic, Sort, Template
from vipprov.hv.mark import Mark
from vipprov.pipelines import remove, templated
from vipprov.pipelines.request import Request
from vipprov.pipelines.state import Desired, DesiredGuest


def desired(request: Request, credentials: Credentials, *, by: Deadline) -> Desired:
    """Return what the pair file asks for, or say what of it cannot be had."""
    pair = request.pair
    is_vm = registry.sort(pair.hypervisor) is Sort.VM
    image, image_digest = _image(pair)
    extra = None if pair.cloud_config is None else own.load(pair.cloud_config)

    def member(guest: Guest) -> DesiredGuest:
        configuration = render.configuration(pair, guest)
        ingredients = identity.ingredients(pair, guest, image_digest, extra, credentials.ssh_keys)
        digest = identity.digest(ingredients)
        seed = documents.seed(
            pair,
            guest,
            configuration,
            templated.in_user_data(pair, credentials),
            own=extra,
            identity=digest,
            naming=NicNaming.BY_MAC if is_vm else NicNaming.BY_NAME,
        )
        seed = templated.with_login(pair, seed, credentials)
        if extra is not None and guest is pair.guests[0]:
            schema.validate(seed, by)
        mark = Mark(
            pair=pair.name,
            guest=guest.name,
            identity=digest,
            ingredients=ingredients,
            source=request.text,
            origin=str(request.origin),
        )
        spec = MachineSpec(
            name=guest.name,
            image=image,
            size=pair.size,
            nics=tuple(_nics(pair, guest)),
            seed=seed,
            mark=mark,
            placement=guest.placement,
        )
        keeps_filters = not registry.keeps_switches(pair.hypervisor)
        is_least = pair.policy is PolicyMode.LEAST
        macs = vrrp.virtual_macs(pair) if is_least and keeps_filters else ()
        return DesiredGuest(
            guest=guest,
            configuration=configuration,
            spec=spec,
            filter_macs=macs,
            policy=pair.policy if isinstance(pair.policy, CustomPolicy) and keeps_filters else None,
        )

    return Desired(pair=pair, guests=tuple(member(guest) for guest in pair.guests))


def _image(pair: Pair) -> tuple[Path | Disk | Template, str]:
    """Return what machines are made from, and a digest that changes with it."""
    if registry.keeps_switches(pair.hypervisor):
        templated.require_possible(pair)
        return Template(name=pair.image), f"template {pair.image}"
    is_vm = registry.sort(pair.hypervisor) is Sort.VM
    form = Form.DISK if is_vm else Form.TREE
    image = store.find(pair.image, form)
    if image is None:
        raise MissingError(
            f"The image {pair.image} is not on this machine.",
            hint=f"`{catalogue.command(pair.image, form)}` brings it.",
        )
    return image.disk or image.path, image.digest


def _nics(pair: Pair, guest: Guest) -> list[Nic]:
    filtered = remove.filter_name(guest.name) if pair.policy is PolicyMode.LEAST else guest.filter
    if registry.keeps_switches(pair.hypervisor):
        filtered = None
    nics = [
        Nic(
            mac=guest.mac,
            port_group=guest.port_group,
            guest_name=pair.interface,
            filter=filtered,
        )
    ]
    if pair.management is not None and guest.management_mac is not None:
        nics.append(
            Nic(
                mac=guest.management_mac,
                port_group=pair.management.port_group,
                guest_name=pair.management_interface,
            )
        )
    return nics
