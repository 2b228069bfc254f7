"""Reads OpenLineage events as JSON lines, rebuilds each with the classes of openlineage-python, and prints it again.

The classes reject unknown and missing keys, so an event that comes back unchanged is valid."""

import importlib
import json
import pkgutil
import sys

import attr
from openlineage.client import generated
from openlineage.client.serde import Serde
from openlineage.client.generated import base

modules = [importlib.import_module(f"openlineage.client.generated.{m.name}") for m in pkgutil.iter_modules(generated.__path__)]
classes = {name: value for module in modules for name, value in vars(module).items() if attr.has(value)}
nested = {"fields": "SchemaDatasetFacetFields", "owners": "Owner", "assertions": "Assertion"}


def build(cls, values):
    return cls(**{key: value for key, value in values.items() if not key.startswith("_")})


def facet(values):
    cls = classes[values["_schemaURL"].rsplit("/", 1)[1]]
    assert cls._get_schema() == values["_schemaURL"], (cls._get_schema(), values["_schemaURL"])
    parts = {
        key: [build(getattr(sys.modules[cls.__module__], nested[key]), item) for item in value] if key in nested else value
        for key, value in values.items()
    }
    return build(cls, parts)


def facets(all_facets):
    return {name: facet(values) for name, values in (all_facets or {}).items()}


def dataset(cls, values):
    known = {key: facets(value) if key.lower().endswith("facets") else value for key, value in values.items()}
    return cls(**known)


for line in sys.stdin:
    event = json.loads(line)
    rebuilt = base.RunEvent(
        eventType=base.EventType[event["eventType"]],
        eventTime=event["eventTime"],
        producer=event["producer"],
        run=base.Run(runId=event["run"]["runId"], facets=facets(event["run"]["facets"])),
        job=base.Job(
            namespace=event["job"]["namespace"], name=event["job"]["name"], facets=facets(event["job"]["facets"])
        ),
        inputs=[dataset(base.InputDataset, each) for each in event["inputs"]],
        outputs=[dataset(base.OutputDataset, each) for each in event["outputs"]],
    )
    print(Serde.to_json(rebuilt))
