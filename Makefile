# The doors to the project; boot.py makes the environment that they lead into.
# make play ARGS="--seed 3"    make test ARGS="-k saves"    make bench ARGS="--quick"
PYTHON ?= python3

.PHONY: play test bench editor-server editor-test

play:
	@$(PYTHON) boot.py play $(ARGS)

test:
	@$(PYTHON) boot.py test $(ARGS)

bench:
	@$(PYTHON) boot.py bench $(ARGS)

# The server that editors speak YAML with; where it is installed, the tests try the schema in it.
editor-server:
	@npm install --prefix tests/editors --no-package-lock --no-audit --no-fund --loglevel=error --fetch-timeout=30000

editor-test: editor-server
	@$(PYTHON) boot.py test tests/editors $(ARGS)
