# Two commands to begin with: `make run` and `make test`. Each target is a script of scripts/.
# make run PORT=8070 FRESH=1 · make test ARGS="tests/e2e -k whole" · make bench ARGS=sale_confirm
export PORT FRESH DB

.PHONY: setup run test proof lint bench clean

setup:
	@scripts/setup test

run:
	@scripts/run

test:
	@scripts/test $(ARGS)

proof:
	@scripts/proof $(ARGS)

lint:
	@scripts/lint $(ARGS)

bench:
	@scripts/bench $(ARGS)

clean:
	@scripts/clean
