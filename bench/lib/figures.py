"""A figure, its aim, and the table of them."""

import json
from dataclasses import dataclass, field
from statistics import median
from typing import Optional


@dataclass
class Figure:
    name: str
    value: float
    unit: str
    at_least: Optional[float] = None
    at_most: Optional[float] = None
    detail: str = ""
    data: dict = field(default_factory=dict)  # for the JSON alone

    @property
    def aim(self):
        if self.at_least is not None:
            return f">= {self.at_least:g}"
        return "" if self.at_most is None else f"<= {self.at_most:g}"

    @property
    def mark(self):
        if not self.aim:
            return ""
        passed = self.value >= self.at_least if self.at_least is not None else self.value <= self.at_most
        return "pass" if passed else "MISS"


def middle(results, key):
    return median(result[key] for result in results)


def _number(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def print_table(figures):
    rows = [("figure", "measured", "aim", "", "")]
    for figure in figures:
        rows.append((figure.name, f"{_number(figure.value)} {figure.unit}".strip(), figure.aim, figure.mark,
                     figure.detail))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for number, row in enumerate(rows):
        print(f"{row[0]:<{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}  {row[3]:<{widths[3]}}  "
              f"{row[4]}".rstrip())
        if number == 0:
            print("-" * (sum(widths) + 6))


def write_json(path, machine, figures):
    content = {
        "machine": machine,
        "figures": [{"name": figure.name, "value": figure.value, "unit": figure.unit, "aim": figure.aim,
                     "mark": figure.mark, "detail": figure.detail, **figure.data} for figure in figures],
    }
    path.write_text(json.dumps(content, indent=1) + "\n")
