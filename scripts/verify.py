"""Verify the event log; to be fed to `odoo shell`. See scripts/verify."""
import os
import sys
import traceback

try:
    verifier = env['stokiva.verifier']  # noqa: F821
    events, seals, findings = verifier._verify_all(os.environ.get('STOKIVA_SEALS') or None)
    for text in verifier._describe(findings):
        sys.stdout.write(f"{text}\n")
    sys.stdout.write(f"{events} events, {seals} seals: {len(findings) or 'no'} findings\n")
    code = 1 if findings else 0
except Exception:
    traceback.print_exc()
    code = 2
sys.stdout.flush()
env.cr.rollback()  # noqa: F821
raise SystemExit(code)
