"""Runs the Python of the recipes of docs/arch.md, which writes weights, inputs and outputs here."""

import os
import re

import torch

here = os.path.dirname(os.path.abspath(__file__))
text = open(os.path.join(here, "../../docs/arch.md")).read()
recipes = text.split("\n## Recipes\n")[1].split("\n## ")[0]
os.chdir(here)
names = {}
for i, code in enumerate(re.findall(r"```python\n(.*?)```", recipes, re.S)):
    torch.manual_seed(i)
    exec(code, names)
