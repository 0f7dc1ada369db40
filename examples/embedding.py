"""Play a story from Python: load it, begin, choose, save, resume, check.

Run it as `python examples/embedding.py examples/boundary_stone trees mother`: a story, then the ids of the choices to
take. The first path of the story is read. `undo` among the ids takes the last turn back, `=Wren` answers a question.
"""

from __future__ import annotations

import sys

import waymeet


def show(moment: waymeet.Moment) -> None:
    """Print what a moment tells, and what can be done now."""
    for block in moment.text:  # `block.kind` says paragraph, speech, verse, …; `block.spans` where emphasis is
        print(block.plain + "\n")
    for offer in moment.choices:
        print(f"  {offer.id:<14} {offer.label}" + (f" [{offer.locked}]" if offer.locked else ""))
    if moment.question is not None:
        print(f"  {moment.question.label}")
    print(f"  (the end: {moment.ending})\n" if moment.ending else "")


def main(folder: str, *choices: str) -> None:
    """Play the story in a folder or file, one choice after the other."""
    report = waymeet.check(folder)  # a host would do this in its tests, not before each reading
    print(f"{report.story} is {report.verdict}: {report.summary.states} states\n")

    story = waymeet.load(folder)
    moments = [story.begin(story.protagonists[0].id, seed=7)]  # the same seed gives the same reading
    show(moments[-1])
    for choice in choices:
        if choice == "undo":  # a moment never changes, so to undo is to go back to an older one
            moments = moments[:-1] or moments
        elif choice.startswith("="):
            moments.append(moments[-1].answer(choice[1:]))
        else:
            moments.append(moments[-1].choose(choice))
        show(moments[-1])

    saved = moments[-1].save()  # JSON, by names; resuming tells nothing twice and runs nothing again
    resumed = story.resume(saved)
    print(f"{len(saved)} bytes lead back to {resumed.node}, by way of {', '.join(resumed.path) or 'nothing'}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: embedding.py STORY [CHOICE…]")
    try:
        main(*sys.argv[1:])
    except (waymeet.StoryError, waymeet.StoryNotFoundError, waymeet.ChoiceError) as error:
        sys.exit(str(error))
