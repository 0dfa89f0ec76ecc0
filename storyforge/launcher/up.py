"""Run the whole installation until it is told to stop."""

from __future__ import annotations

import os
from collections.abc import Mapping

from storyforge.launcher import assets, programs
from storyforge.launcher.children import Child, stop
from storyforge.launcher.console import complain, say
from storyforge.launcher.environment import child_environment
from storyforge.launcher.errors import CannotStart, StopRequested
from storyforge.launcher.health import HOST, host_name_from, port_from, wait_ready
from storyforge.launcher.identity import server_user
from storyforge.launcher.lock import held
from storyforge.launcher.paths import Home, default_data, home_in
from storyforge.launcher.servers import Servers
from storyforge.launcher.signals import Pause, StopSignals, stop_signals

OFF = {"0", "off", "no", "false"}


def up() -> int:
    """Start servers, web and workers; return after a stop signal. Raises CannotStart."""
    outer = dict(os.environ)
    user = server_user()
    home = home_in(default_data(outer, user), user)
    with stop_signals() as signals, held(home.lock):
        port = port_from(outer)
        servers = Servers(home.data, durable=True, given=outer)
        application = Application(servers, outer, port=port)
        try:
            application.run(signals)
        except StopRequested:
            say(
                "Stopping. Ctrl-C again ends running work at once; it is resumed at the next start."
            )
        finally:
            application.stop(signals)
            say("Stopped.")
    return 0


class Application:
    """The processes of one `up`, started and stopped in order."""

    def __init__(self, servers: Servers, outer: Mapping[str, str], *, port: int) -> None:
        self.servers = servers
        self.home: Home = servers.home
        self.outer = outer
        self.port = port
        self.url = f"http://{HOST}:{port}/"
        self.sign_in_path = ""
        self.environ = child_environment(outer, urls=servers.urls, home=self.home)
        self.web = programs.web(self.home, self.environ, port=port)
        self.workers = programs.workers(self.home, self.environ)

    def run(self, signals: StopSignals) -> None:
        """Start everything and watch over it. Ends only by raising StopRequested or CannotStart."""
        pause = signals.pause
        say(f"Starting. Data and logs are in {self.home.data}.")
        self.servers.start(pause)
        prepare(self.home, self.environ, pause=pause)
        self.web.start()
        # Before the workers: it does its jobs itself, and none of them may take one away.
        self._make_sample(pause)
        for worker in self.workers:
            worker.start()
        wait_ready(self.web, port=self.port, host_name=host_name_from(self.outer), pause=pause)
        say(f"Storyforge is ready: {self.url}")
        if self.sign_in_path:
            say(f"Sign in, once, with: {self.url.rstrip('/')}{self.sign_in_path}")
        say("Ctrl-C stops it.")
        watch([self.web, *self.workers, *self.servers.children], pause)

    def stop(self, signals: StopSignals) -> None:
        """Web first, so that nothing new comes in; then workers; the servers last."""
        for children in ([self.web], self.workers):
            for name in stop(children, hurry=signals.arrived):
                complain(f"{name} did not stop in time and was killed.")
        self.servers.stop()

    def _make_sample(self, pause: Pause) -> None:
        """Make the sample project, and learn a sign-in link's path, unless STORYFORGE_SAMPLE is off.

        A failure is told; the studio works without a sample.
        """
        if (self.outer.get("STORYFORGE_SAMPLE") or "on").lower() in OFF:
            return
        sample = programs.command(["sample_project"], self.home, self.environ, answer=True)
        answer = programs.answer_of("sample_project", self.home)
        try:
            programs.run_all([sample], pause)
            self.sign_in_path = answer.read_text(encoding="utf-8").strip()
        except CannotStart as problem:
            complain(str(problem))
        finally:
            answer.unlink(missing_ok=True)  # it signs whoever reads it in


def prepare(
    home: Home, environ: Mapping[str, str], *, pause: Pause, with_assets: bool = True
) -> None:
    """Bring the tables, and the collected static files, up to this code. Raises CannotStart."""
    commands = [programs.command(["migrate", "--noinput"], home, environ)]
    stale = with_assets and not assets.are_collected(home)
    if stale:
        words = ["collectstatic", "--noinput", "--clear", "-v", "0"]
        commands.append(programs.command(words, home, environ))
    programs.run_all(commands, pause)
    if stale:
        assets.collected(home)


def watch(children: list[Child], pause: Pause) -> None:
    """Start dead programs again until `pause` raises."""
    while True:
        pause(0.5)
        for child in children:
            code = child.code()
            wait = child.revive()
            if wait is not None:
                log = child.program.log
                complain(f"{child.program.name} ended ({code}); again in {wait:g} s. Log: {log}")
