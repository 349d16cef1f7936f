# The same as templates.lua with dynamicprompts.   templates.py FOLDER all|random COUNT [print]
import sys
from pathlib import Path

from dynamicprompts.generators import CombinatorialPromptGenerator, RandomPromptGenerator
from dynamicprompts.wildcards import WildcardManager

folder, mode, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
template = (folder / "template.txt").read_text().strip()
wildcards = WildcardManager(folder / "wildcards")
if mode == "all":
    # One more than there are, so that too many would be noticed.
    prompts = list(CombinatorialPromptGenerator(wildcards).generate(template, max_prompts=count + 1))
else:
    prompts = RandomPromptGenerator(wildcards, seed=1).generate(template, num_images=count)
assert len(prompts) == count, len(prompts)
if sys.argv[4:]:
    print("\n".join(prompts))
