# Every command is Python under dev/; `make help` lists them.
PYTHON ?= python3
export PORT FIX FRESH

COMMANDS := setup demo demo-check screenshots lint i18n dashboards wheels clean help

.PHONY: $(COMMANDS) test bench shell
.DEFAULT_GOAL := help

$(COMMANDS):
	@$(PYTHON) -m dev $@

test bench:
	@$(PYTHON) -m dev $@ $(ARGS)

shell:
	@$(PYTHON) -m dev $@ $(DB)
