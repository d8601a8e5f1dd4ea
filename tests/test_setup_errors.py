"""What set-up says when something that it needs is not there: the cause, and what to do about it.

Each test works on a copy of the scripts, hence with a state folder of its own.
"""
import hashlib
import os
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
from helpers import ROOT

import odoo.release

# Nobody listens there.
NOWHERE = 'http://127.0.0.1:9'
# The folder that holds the package `odoo` of this environment
ODOO_SRC = str(Path(odoo.release.__file__).parents[1])
SERVER = {key: os.environ[key] for key in ('PGHOST', 'PGPORT', 'PGUSER', 'PGPASSWORD') if os.environ.get(key)}


@pytest.fixture
def project(tmp_path):
    """Return a copy of the project, as far as set-up needs it."""
    shutil.copytree(ROOT / 'scripts', tmp_path / 'scripts', ignore=shutil.ignore_patterns('__pycache__'))
    shutil.copy(ROOT / 'requirements.txt', tmp_path)
    (tmp_path / 'bin').mkdir()
    return tmp_path


def fail(project, **environment):
    """Let `scripts/run` fail, and return what it said."""
    path = f'{project}/bin:/usr/local/bin:/usr/bin:/bin'
    done = subprocess.run(
        [project / 'scripts/run'], check=False, capture_output=True, text=True, timeout=120, cwd=project,
        env={'HOME': str(project), 'LANG': 'C.UTF-8', 'PATH': path, **environment})
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stderr


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return str(probe.getsockname()[1])


def fake(project, command, body):
    """Put a command of this name before the real one."""
    script = project / 'bin' / command
    script.write_text(f'#!/bin/sh\n{body}\n')
    script.chmod(0o755)


def skip_python(project):
    """Pretend that the Python packages are there already."""
    stamps = project / '.state/stamps'
    stamps.mkdir(parents=True)
    (stamps / 'python').write_text(hashlib.sha256((project / 'requirements.txt').read_bytes()).hexdigest()[:12])


def test_port_taken(project):
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f'port {port} cannot be used (address already in use)' in fail(project, PORT=port)
    assert not (project / '.state').exists(), "it is found before anything is made"


@pytest.mark.parametrize('port', ['abc', '0', '70000', '80 '])
def test_port_that_is_none(project, port):
    assert f'PORT={port} is no port number' in fail(project, PORT=port)


def test_wrong_odoo_src(project):
    (project / 'old/odoo').mkdir(parents=True)
    (project / 'old/odoo/release.py').write_text("version_info = (18, 0, 0, FINAL, 0, '')\n")
    for source, found in ((f'{project}/none', 'no odoo/release.py'), ('old', '18.0.0')):
        said = fail(project, PORT=free_port(), ODOO_SRC=source)
        assert f'Odoo 19.0 is needed, but ODOO_SRC={project / source} holds {found}' in said


def test_unreachable_server(project):
    said = fail(project, PORT=free_port(), ODOO_SRC=ODOO_SRC, PGHOST=str(project), PGUSER='somebody')
    assert f'connection to server on socket "{project}' in said
    assert f'PGHOST={project} (PGPORT, PGUSER, PGPASSWORD, …) does not let us in' in said


def test_user_that_odoo_refuses(project):
    fake(project, 'psql', "echo '15 postgres t'")
    assert 'make another (createuser --createdb NAME)' in fail(project, PORT=free_port(), ODOO_SRC=ODOO_SRC, PGHOST='x')
    fake(project, 'psql', "echo '15 anna f'")
    assert 'ALTER ROLE anna CREATEDB' in fail(project, PORT=free_port(), ODOO_SRC=ODOO_SRC, PGHOST='x')
    fake(project, 'psql', "echo '12 anna t'")
    assert 'is PostgreSQL 12' in fail(project, PORT=free_port(), ODOO_SRC=ODOO_SRC, PGHOST='x')


def test_no_debian_mirror(project):
    skip_python(project)
    said = fail(project, PORT=free_port(), DEBIAN_MIRROR=f'{NOWHERE}/debian', **SERVER)
    assert 'the Debian mirror that apt uses does not answer; check the network, or set ODOO_SRC' in said


def test_no_package_registry(project):
    said = fail(
        project, PORT=free_port(), ODOO_SRC=ODOO_SRC, PIP_CONFIG_FILE='/dev/null', PIP_RETRIES='0',
        PIP_INDEX_URL=f'{NOWHERE}/simple', **SERVER)
    assert 'Is a package registry reachable?' in said.splitlines()[-1]


def test_no_room(project):
    fake(project, 'df', "echo head; echo 'none 3000 2950 50 98% /'")
    said = fail(project, PORT=free_port(), **SERVER)
    assert f'only 50 MB are free under {project}/.state; 3000 MB are needed' in said
    # It is told with any other failure, too.
    assert f'the disk is full: 50 MB are left under {project}/.state' in said
