"""Parses Prometheus's text format on stdin with the parser of prometheus_client. stdout has JSON: types and samples."""

import json
import sys

from prometheus_client.parser import text_string_to_metric_families

families = list(text_string_to_metric_families(sys.stdin.read()))
print(
    json.dumps(
        {
            "types": {family.name: family.type for family in families},
            "samples": [
                {"name": sample.name, "labels": sample.labels, "value": sample.value}
                for family in families
                for sample in family.samples
            ],
        }
    )
)
