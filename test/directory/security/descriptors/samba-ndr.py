"""
Samba's own reading and writing of security descriptors, for comparison. Standard input is a JSON list of
{octets: hex, built: descriptor or null}; standard output a list with an answer to each:
{decoded: descriptor} or {error: text}, `repacked`: the decoded one written again, `built`: what Samba writes for it.
"""

import json
import sys

from samba.dcerpc import misc, security
from samba.ndr import ndr_pack, ndr_unpack

OBJECT_TYPES = (5, 6, 7, 8)


def sid_of(sid):
    return None if sid is None else str(sid)


def ace_of(ace):
    told = {"type": ace.type, "flags": ace.flags, "mask": ace.access_mask, "sid": str(ace.trustee)}
    if ace.type in OBJECT_TYPES:
        bits = ace.object.flags
        told["objectType"] = str(ace.object.type) if bits & 1 else None
        told["inheritedObjectType"] = str(ace.object.inherited_type) if bits & 2 else None
    return told


def acl_of(acl):
    return None if acl is None else {"revision": int(acl.revision), "aces": [ace_of(ace) for ace in acl.aces]}


def descriptor_of(sd):
    return {
        "control": sd.type,
        "owner": sid_of(sd.owner_sid),
        "group": sid_of(sd.group_sid),
        "dacl": acl_of(sd.dacl),
        "sacl": acl_of(sd.sacl),
    }


def build_ace(told):
    ace = security.ace()
    ace.type, ace.flags, ace.access_mask = told["type"], told["flags"], told["mask"]
    ace.trustee = security.dom_sid(told["sid"])
    if told["type"] in OBJECT_TYPES:
        bits = 0
        if told["objectType"] is not None:
            bits |= 1
        if told["inheritedObjectType"] is not None:
            bits |= 2
        ace.object.flags = bits
        if bits & 1:
            ace.object.type = misc.GUID(told["objectType"])
        if bits & 2:
            ace.object.inherited_type = misc.GUID(told["inheritedObjectType"])
    return ace


def build_acl(told):
    if told is None:
        return None
    acl = security.acl()
    acl.revision = told["revision"]
    aces = [build_ace(ace) for ace in told["aces"]]
    acl.num_aces = len(aces)
    acl.aces = aces
    return acl


def build(told):
    sd = security.descriptor()
    sd.revision, sd.type = 1, told["control"]
    for name in ("owner", "group"):
        if told[name] is not None:
            setattr(sd, name + "_sid", security.dom_sid(told[name]))
    sd.dacl, sd.sacl = build_acl(told["dacl"]), build_acl(told["sacl"])
    return ndr_pack(sd).hex()


def answer(question):
    try:
        sd = ndr_unpack(security.descriptor, bytes.fromhex(question["octets"]))
    except Exception as error:
        return {"error": str(error)}
    found = {"decoded": descriptor_of(sd), "repacked": ndr_pack(sd).hex()}
    if question["built"] is not None:
        found["built"] = build(question["built"])
    return found


json.dump([answer(question) for question in json.load(sys.stdin)], sys.stdout)
