"""What nginx serves: to whom, from which folder, and whether it asks who is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network

from msgspec import Struct

from auditor.facts.nginx import Directive, NginxConfig
from auditor.facts.reach import Reached, reached
from auditor.facts.software import Presence, Software
from auditor.model.facts import derived
from auditor.model.sources import Read, whole_number

Settings = Mapping[str, tuple[Directive, ...]]

#: Directives of which a block's own take the place of all that it would inherit.
GROUPS = {"root": "folder", "alias": "folder", "allow": "access", "deny": "access"}
#: What hands requests to an application.
APPLICATIONS = (
    "proxy_pass",
    "fastcgi_pass",
    "uwsgi_pass",
    "scgi_pass",
    "grpc_pass",
)
#: What answers in place of files.
HANDLERS = (
    *APPLICATIONS,
    "memcached_pass",
    "stub_status",
    "empty_gif",
    "return",
    "content_by_lua_block",
    "content_by_lua_file",
    "js_content",
)
#: Third-party modules that ask for a name.
OTHER_GUARDS = ("auth_pam", "auth_ldap", "auth_gss", "auth_digest", "auth_jwt")
#: Code and conditions that may refuse, which is not for us to tell.
CONDITIONS = (
    "access_by_lua_block",
    "access_by_lua_file",
    "js_access",
    "rewrite_by_lua_block",
)
PREFIX = "/usr/share/nginx"


class Listen(Struct, frozen=True):
    """One `listen`: an address as written, `*` for all."""

    address: str
    port: int
    tls: bool
    read: Read[str]

    @property
    def shown(self) -> str:
        """The port, and the address when it is not every one."""
        wild = self.address in ("*", "0.0.0.0", "::")
        return str(self.port) if wild else f"{self.address}:{self.port}"

    @property
    def exposed(self) -> bool:
        """Whether others than this host can reach it."""
        if self.address.startswith("unix:") or self.address == "localhost":
            return False
        try:
            return not ip_address(self.address).is_loopback
        except ValueError:
            return True


class Place(Struct, frozen=True):
    """A location, or what a server answers where no location fits (`path` is empty).

    `folder` is the path that is served, as far as it is the same for all requests.
    `handler` answers in place of files. `conditional` is a condition or code that may
    refuse requests.
    """

    server: Server
    path: tuple[str, ...]
    settings: Settings
    handler: Directive | None
    conditional: Directive | None
    read: Read[str]

    def last(self, name: str) -> Directive | None:
        """The directive in force, of its own or inherited."""
        found = self.settings.get(name, ())
        return found[-1] if found else None

    @property
    def name(self) -> str:
        """The server's name and the location's words."""
        return " ".join([self.server.name, *self.path])

    @property
    def folder(self) -> str:
        """What is served, up to the first variable; empty when that is its start."""
        given = self.last("folder")
        path = given.args[0] if given is not None and given.args else "html"
        if not path.startswith(("/", "$")):
            path = f"{PREFIX}/{path}"
        prefix = self.path[-1] if self.path and self.path[0][:1] != "~" else ""
        if given is None or given.name == "root":
            path = path.rstrip("/") + (prefix if prefix.startswith("/") else "")
        return path.partition("$")[0]

    @property
    def lists(self) -> Directive | None:
        """The line that has folders listed."""
        found = self.last("autoindex")
        return found if found is not None and found.args == ("on",) else None

    @property
    def asks(self) -> Directive | None:
        """The line that asks who is there."""
        basic, file = self.last("auth_basic"), self.last("auth_basic_user_file")
        # Without a file of users the module asks nobody.
        if basic is not None and basic.args != ("off",) and file is not None:
            return basic
        for name in ("auth_request", *OTHER_GUARDS):
            found = self.last(name)
            if found is not None and found.args[:1] != ("off",):
                return found
        verify = self.last("ssl_verify_client")
        by_tls = all(one.tls for one in self.server.listens if one.exposed)
        if verify is not None and verify.args == ("on",) and by_tls:
            return verify
        return None

    @property
    def narrowed(self) -> Directive | None:
        """The line that keeps out all but this host and private networks."""
        for rule in self.settings.get("access", ()):
            if rule.args == ("all",):
                return rule if rule.name == "deny" else None
            if rule.name == "allow" and not _is_private(rule.args):
                return None
        return None

    @property
    def guard(self) -> Directive | None:
        """What keeps strangers out; None when nothing does."""
        satisfy = self.last("satisfy")
        either = satisfy is not None and satisfy.args == ("any",)
        rules = self.settings.get("access", ())
        if either and _lets_all_in(rules):
            return None
        return self.asks or self.narrowed


def _is_private(args: tuple[str, ...]) -> bool:
    try:
        return not ip_network(args[0], strict=False).is_global and args[0] not in (
            "0.0.0.0/0",
            "::/0",
        )
    except (ValueError, IndexError):
        return bool(args) and args[0] == "unix:"


def _lets_all_in(rules: tuple[Directive, ...]) -> bool:
    """Whether the first rule for strangers lets them in (satisfy any)."""
    for rule in rules:
        if rule.args and rule.args[0] in ("all", "0.0.0.0/0", "::/0"):
            return rule.name == "allow"
    return False


class Server(Struct, frozen=True):
    """One `server` block.

    `returns` answers every request in place of its locations; `to_tls` is a condition
    under which a request is sent to https.
    """

    name: str
    listens: tuple[Listen, ...]
    settings: Settings
    read: Read[str]
    returns: Directive | None
    to_tls: Directive | None

    @property
    def exposed(self) -> bool:
        """Whether others than this host can reach it."""
        return any(one.exposed for one in self.listens)

    @property
    def in_clear(self) -> Listen | None:
        """The socket that others reach without TLS."""
        return next((o for o in self.listens if o.exposed and not o.tls), None)


class Nginx(Struct, frozen=True):
    """Derived fact: nginx's presence, its servers and their places."""

    presence: Presence
    reached: Reached
    servers: tuple[Server, ...]
    places: tuple[Place, ...]


@derived
def nginx(config: NginxConfig, software: Software) -> Nginx:
    """Settings are inherited: http, server, location, inner location."""
    servers: list[Server] = []
    places: list[Place] = []
    if config.http is not None:
        common = _inherited({}, config.http)
        for block in config.http.all("server"):
            server = _server(block, common)
            servers.append(server)
            if server.returns is None:
                refusing = _condition(block)
                places += _places(server, (), block, server.settings, refusing)
    reach = reached(software, ["nginx"], [], units=["nginx.service"])
    presence = software.presence(
        ["nginx", "nginx-core", "nginx-light", "nginx-full", "nginx-extras"], ["nginx"]
    )
    return Nginx(presence, reach, tuple(servers), tuple(places))


def _inherited(outer: Settings, block: Directive) -> Settings:
    own: dict[str, tuple[Directive, ...]] = {}
    for one in block.block:
        if not one.block:
            name = GROUPS.get(one.name, one.name)
            own[name] = (*own.get(name, ()), one)
    return {**outer, **own}


def _server(block: Directive, common: Settings) -> Server:
    settings = _inherited(common, block)
    listens = tuple(_listens(block, settings))
    names = [arg for one in block.all("server_name") for arg in one.args if arg != "_"]
    sockets = sorted({one.shown for one in listens})
    name = f"{names[0] if names else '_'}:{','.join(sockets)}"
    returns = next(iter(block.all("return")), None)
    to_tls = next((one for one in block.all("if") if _sends_to_tls(one)), None)
    return Server(name, listens, settings, block.read, returns, to_tls)


def _sends_to_tls(condition: Directive) -> bool:
    # The reducer keeps of an address only that it begins with https://.
    return any("https://_" in one.args for one in condition.all("return", "rewrite"))


def _listens(block: Directive, settings: Settings) -> Iterator[Listen]:
    tls_everywhere = any(one.args == ("on",) for one in settings.get("ssl", ()))
    for one in block.all("listen"):
        address, port = _socket(one.args[0] if one.args else "")
        tls = tls_everywhere or "ssl" in one.args or "quic" in one.args
        yield Listen(address, port, tls, one.read)
    if not block.all("listen"):
        yield Listen("*", 80, tls_everywhere, block.read)


def _socket(word: str) -> tuple[str, int]:
    if word.startswith("unix:"):
        return word, 0
    alone = whole_number(word)
    if alone is not None:
        return "*", alone
    address, _, named = word.rpartition(":")
    port = whole_number(named)
    if port is None or word.endswith("]"):
        address, port = word, 80
    return address.strip("[]") or "*", port


def _places(
    server: Server,
    path: tuple[str, ...],
    block: Directive,
    settings: Settings,
    refusing: Directive | None,
) -> Iterator[Place]:
    """The block itself and the locations in it; named and inner ones have no path."""
    inner = block.all("location")
    whole = any(one.args in (("/",), ("^~", "/")) for one in inner)
    if not (whole and not path) and not block.all("internal"):
        handler = next(iter(block.all(*HANDLERS)), None)
        yield Place(server, path, settings, handler, refusing, block.read)
    for one in inner:
        if one.args and not one.args[0].startswith("@"):
            condition = _condition(one) or refusing
            own = _inherited(settings, one)
            yield from _places(server, one.args, one, own, condition)


def _condition(block: Directive) -> Directive | None:
    """Code, or a condition with a code of refusal, among a block's own."""
    for one in block.block:
        refusals = (code for code in one.all("return") if code.args[:1] >= ("4",))
        if one.name in CONDITIONS or (one.name == "if" and any(refusals)):
            return one
    return None
