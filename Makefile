# Two doors to the project; boot.py makes the environment that both run in.
# make play ARGS="--seed 3"    make test ARGS="-k saves"
PYTHON ?= python3

.PHONY: play test

play:
	@$(PYTHON) boot.py play $(ARGS)

test:
	@$(PYTHON) boot.py test $(ARGS)
