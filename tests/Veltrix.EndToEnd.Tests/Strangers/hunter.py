#!/usr/bin/env python3
"""A player written by a stranger, from PROTOCOL.md alone and with Python's standard library alone.

It plays a short hunt, loses its connection, comes back, and checks what the page promises on the way.

    python3 hunter.py --url http://127.0.0.1:8080 --hunt harbour --player ann --flavour binary
    python3 hunter.py --vectors        # the page's examples against this file's own codec; needs no server
"""
import argparse, base64, hashlib, hmac, json, os, random, socket, ssl, struct, sys, time
import urllib.error, urllib.parse, urllib.request

WAIT = 10.0                                     # seconds; no wait in this file is longer
KINDS = {"move": 1, "look": 2, "drop-clue": 3, "dig": 4, "where": 5, "leave": 6}
KIND_NAMES = {number: name for name, number in KINDS.items()}
RESULTS = ["ok", "blocked", "too-far", "unreachable", "too-fast", "empty", "taken", "busy", "bad-text", "not-started",
           "hunt-over", "left", "unsupported"]
STATES = ["not-started", "running", "over"]
REASONS = {1: "answers-gone", 2: "fell-back"}
CLOSES = {4000: "bad-frame", 4001: "bad-signature", 4002: "bad-sequence", 4003: "session-over", 4004: "bad-token", 4005: "too-large",
          4006: "idle", 4007: "going-away", 4008: "internal", 4009: "json-not-allowed", 4010: "replaced", 4011: "repeated-resume"}


class Broken(Exception):
    """A promise whose breach leaves nothing to go on with."""


class Closed(Exception):
    def __init__(self, code, reason=""):
        super().__init__(f"the socket was closed with {code} {reason}".rstrip())
        self.code, self.reason = code, reason


# ---- WebSocket, as much of RFC 6455 as a client needs ----

class WebSocket:
    def __init__(self, url, protocol):
        to = urllib.parse.urlsplit(url)
        secure = to.scheme == "https"
        self.tcp = socket.create_connection((to.hostname, to.port or (443 if secure else 80)), WAIT)
        if secure:
            self.tcp = ssl.create_default_context().wrap_socket(self.tcp, server_hostname=to.hostname)
        self.buffer = b""
        nonce = base64.b64encode(os.urandom(16)).decode()
        self.tcp.sendall((f"GET {to.path} HTTP/1.1\r\nHost: {to.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                          f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {nonce}\r\nSec-WebSocket-Protocol: {protocol}\r\n\r\n").encode())
        deadline = time.monotonic() + WAIT
        while b"\r\n\r\n" not in self.buffer:
            self._more(deadline)
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        status, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        accept = base64.b64encode(hashlib.sha1((nonce + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()).decode()
        if status.split()[1] != "101" or headers.get("sec-websocket-accept") != accept:
            raise Broken(f"The server does not open the socket: {status}.")
        if headers.get("sec-websocket-protocol") != protocol:
            raise Broken(f"The server does not take the sub-protocol {protocol}.")

    def send(self, message, opcode=None):
        data = message.encode() if isinstance(message, str) else message
        opcode = opcode or (1 if isinstance(message, str) else 2)
        size = len(data)
        length = bytes([0x80 | size]) if size < 126 else struct.pack(">BH", 0xFE, size) if size < 65536 else struct.pack(">BQ", 0xFF, size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i & 3] for i, byte in enumerate(data))
        self.tcp.settimeout(WAIT)
        try:
            self.tcp.sendall(bytes([0x80 | opcode]) + length + mask + masked)
        except TimeoutError:
            raise Broken(f"The server takes nothing for {WAIT:.0f} seconds.") from None
        except OSError:
            raise Closed(1006) from None

    def receive(self, deadline):
        whole, kind = b"", 0
        while True:
            first, second = self._read(2, deadline)
            if first & 0x70:
                raise Broken("The server sends compressed messages.")
            size = second & 0x7F
            if size > 125:
                size = int.from_bytes(self._read(2 if size == 126 else 8, deadline), "big")
            payload, opcode = self._read(size, deadline), first & 0x0F
            if opcode == 8:
                try:
                    self.send(payload[:2], 8)
                except Closed:
                    pass
                self.tcp.close()
                raise Closed(int.from_bytes(payload[:2], "big") if payload else 1005, payload[2:].decode())
            if opcode == 9:
                self.send(payload, 10)
            if opcode >= 8:
                continue
            whole, kind = whole + payload, opcode or kind
            if first & 0x80:
                return whole.decode() if kind == 1 else whole

    def break_off(self):
        """A reset instead of a goodbye, as when a cable is pulled."""
        self.tcp.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.tcp.close()

    def _read(self, count, deadline):
        while len(self.buffer) < count:
            self._more(deadline)
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def _more(self, deadline):
        # One deadline for a whole wait: pushes that trickle in do not lengthen it.
        self.tcp.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            data = self.tcp.recv(65536)
        except TimeoutError:
            raise TimeoutError(f"nothing that was waited for came within {WAIT:.0f} seconds") from None
        except OSError:
            data = b""
        if not data:
            raise Closed(1006)
        self.buffer += data


# ---- The two flavours. Both decode a message to events: (name, body), and answers to ("answer", (sequence, kind, result, body)) ----

class Reader:
    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, layout):
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values if len(values) > 1 else values[0]

    def string(self, layout):
        size = self.take(layout)
        self.at += size
        if self.at > len(self.data):
            raise struct.error("a text is longer than its frame")
        return self.data[self.at - size:self.at].decode()

    def xy(self):
        x, y = self.take("HH")
        return {"x": x, "y": y}


class Binary:
    protocol = "veltrix.v1"

    def __init__(self, key, token):
        self.key, self.token = key, token

    def sign(self, frame):
        return frame + hmac.new(self.key, frame, hashlib.sha256).digest()[:16]

    def resume(self, last, attempt):
        return self.sign(struct.pack("<BBHQQ", 1, 0, len(self.token), last, attempt) + self.token.encode())

    def watch(self, on):
        return self.sign(struct.pack("<BBH", 3, on, 0))

    def commands(self, first, received, commands):
        frame = struct.pack("<BBHQQ", 2, len(commands), 0, first, received)
        for kind, fields in commands:
            frame += bytes([KINDS[kind]])
            if "x" in fields:
                frame += struct.pack("<HH", fields["x"], fields["y"])
            if "text" in fields:
                text = fields["text"].encode()
                frame += struct.pack("<H", len(text)) + text
        return self.sign(frame)

    def wrong(self, sequence, kind, fields):
        frame = self.commands(sequence, sequence - 1, [(kind, fields)])
        return 4001, frame[:-1] + bytes([frame[-1] ^ 1])

    def decode(self, data):
        try:
            return self._decode(data)
        except (TypeError, struct.error, UnicodeDecodeError, LookupError) as error:
            raise Broken(f"A frame of the server is not as the page says ({error}): {data!r:.200}") from None

    def _decode(self, data):
        read = Reader(data)
        type_, count = read.take("BB")
        if type_ == 0x88:
            events = [("notice", read.string("H"))]
        else:
            reserved = read.take("H")
            if type_ == 0x81:
                events = [("resumed", {"next": read.take("Q")})]
            elif type_ == 0x82:
                first = read.take("Q")
                events = [("answer", (first + i, *self._answer(read))) for i in range(count)]
            elif type_ == 0x83:
                events = [("snapshot", {"next": read.take("Q"), **read.xy(), "reason": REASONS[count]})]
            elif type_ == 0x84:
                events = [("enter", [{"handle": read.take("H"), **read.xy(), "name": read.string("B")} for _ in range(count)])]
            elif type_ == 0x85:
                events = [("leave", [{"handle": read.take("H")} for _ in range(count)])]
            elif type_ == 0x86:
                events = [("moved", [{"handle": read.take("H"), **read.xy()} for _ in range(count)])]
            elif type_ == 0x87:
                events = [("hunt", STATES[count])]
            elif type_ == 0x89:
                events = [("error", {"code": CLOSES.get(reserved, reserved), "message": read.string("H")})]
            else:
                return []
        if read.at != len(data):
            raise struct.error("something follows the last field")
        return events

    @staticmethod
    def _answer(read):
        kind, result = read.take("BB")
        kind, result, body = KIND_NAMES[kind], RESULTS[result], {}
        if result in ("busy", "too-fast"):
            body = {"retryMs": read.take("I")}
        elif result != "ok":
            pass
        elif kind == "move":
            body = read.xy()
        elif kind == "where":
            body = {**read.xy(), "points": read.take("q")}
        elif kind == "dig":
            body = {"points": read.take("q"), "treasure": read.take("I")}
        elif kind == "look":
            for what, rest in (("players", {"name": "B"}), ("clues", {"author": "B", "text": "H"}), ("marks", {})):
                total, listed = read.take("HB")
                body[what] = {"total": total, "nearest": [
                    {**read.xy(), **{name: read.string(size) for name, size in rest.items()}} for _ in range(listed)]}
        return kind, result, body


class Json:
    protocol = "veltrix.v1.json"

    def __init__(self, key, token):
        self.token = token

    @staticmethod
    def write(value):
        return json.dumps(value, separators=(",", ":"))

    def resume(self, last, attempt):
        return self.write({"resume": {"token": self.token, "lastSeq": last}})

    def watch(self, on):
        return self.write({"watch": bool(on)})

    def commands(self, first, received, commands):
        objects = [{"seq": first + i, "ack": received, kind: fields} for i, (kind, fields) in enumerate(commands)]
        return self.write(objects if len(objects) > 1 else objects[0])

    def wrong(self, sequence, kind, fields):
        return 4000, self.write({"seq": sequence, kind: {**fields, "z": 0}})

    def decode(self, text):
        try:
            message = json.loads(text)
            if "seq" not in message:
                return list(message.items())
            kind, = set(message) - {"seq", "result"}
            if kind not in KINDS or message["result"] not in RESULTS:
                raise ValueError("no such kind or result")
            return [("answer", (message["seq"], kind, message["result"], message[kind]))]
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Broken(f"A message of the server is not as the page says ({error}): {text!r:.200}") from None


class Line:
    """A play socket that speaks in events."""

    def __init__(self, url, flavour):
        self.socket, self.flavour, self.events, self.last = WebSocket(url, flavour.protocol), flavour, [], None

    def event(self, deadline):
        while not self.events:
            self.events = self.flavour.decode(self.socket.receive(deadline))
        self.last = self.events.pop(0)
        return self.last


# ---- The hunter ----

class Hunter:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.player)
        self.checks, self.problems = 0, []
        self.sent, self.got, self.commands, self.answers = 0, 0, {}, {}
        self.attempt, self.last_resume, self.resumed = 0, None, False
        self.line = self.place = None
        self.points = self.finds = 0

    def check(self, holds, sentence):
        self.checks += 1
        if not holds:
            self.problems.append(sentence)
        return holds

    def hunt(self):
        self.join()
        if not self.check(self.joined["state"] == "running", f"The hunt is {self.joined['state']}: there is nothing to try."):
            return
        if self.options.flavour == "json" and not self.joined["limits"]["json"]:
            self.expect_refusal(self.flavour.resume(0, 1), 4009, "JSON in a hunt without it")
            return
        welcome = self.connect()
        self.check(welcome == ("resumed", {"next": 1}), f"A new session is not greeted with resumed, next 1, but {welcome}.")
        self.ask("where")
        self.walk()
        self.ask("look")
        self.write_clue()
        self.dig_around()
        self.lose_the_line()
        self.offend()
        self.leave()

    def join(self):
        url = f"{self.options.url.rstrip('/')}/v1/hunts/{urllib.parse.quote(self.options.hunt, safe='')}/sessions"
        if self.options.token:
            request = urllib.request.Request(url, b"", {"Authorization": f"Bearer {self.options.token}"})
            # urllib would otherwise declare a form, which this is not.
            request.add_unredirected_header("Content-Type", "application/json")
        else:
            request = urllib.request.Request(url, json.dumps({"player": self.options.player}).encode(), {"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=WAIT) as response:
                self.check(response.status == 201, f"A join is answered {response.status} and not 201.")
                self.joined = json.load(response)
        except urllib.error.HTTPError as error:
            raise Broken(f"The join is refused with {error.code}: {error.read(500).decode(errors='replace')}") from None
        key, token = base64.b64decode(self.joined["key"]), self.joined["token"]
        self.check(len(key) == 32, f"The key has {len(key)} bytes and not 32.")
        self.check(1 <= len(token) <= 512 and token.isascii() and token.isprintable(), "The token is not 1 to 512 printable ASCII characters.")
        if not self.options.token:
            self.check(self.joined["player"] == self.options.player, f"The guest came in as {self.joined['player']}.")
        self.play = urllib.parse.urljoin(url, self.joined["play"])
        self.flavour = (Binary if self.options.flavour == "binary" else Json)(key, token)

    def connect(self):
        """Opens a socket and resumes; returns the first event, which is resumed or snapshot."""
        self.line = Line(self.play, self.flavour)
        self.attempt = max(self.attempt + 1, time.time_ns() // 1_000_000)
        self.last_resume = self.flavour.resume(self.got, self.attempt)
        self.line.socket.send(self.last_resume)
        deadline = time.monotonic() + WAIT
        welcome = self.line.event(deadline)
        if welcome[0] not in ("resumed", "snapshot"):
            raise Broken(f"A resume is answered with {welcome}.")
        self.check(welcome[1]["next"] > self.got, f"next is {welcome[1]['next']} after last sequence {self.got}.")
        state = self.line.event(deadline)
        self.check(state[0] == "hunt" and state[1] in STATES, f"After {welcome[0]} comes {state} and not the hunt's state.")
        if welcome[0] == "snapshot":
            self.place = (welcome[1]["x"], welcome[1]["y"])
        return welcome

    def send(self, commands, first=None, received=None):
        """Sends commands under fresh sequences, or from `first` on, which may repeat."""
        first = first or self.sent + 1
        for sequence, command in enumerate(commands, first):
            self.commands.setdefault(sequence, command)
            self.sent = max(self.sent, sequence)
        self.line.socket.send(self.flavour.commands(first, self.got if received is None else received, commands))
        return first

    def collect(self, first, last):
        """Waits for exactly these answers, in order; pushes between them are let go."""
        deadline, taken = time.monotonic() + WAIT, []
        while first + len(taken) <= last:
            awaited = first + len(taken)
            try:
                name, body = self.line.event(deadline)
            except TimeoutError:
                raise Broken(f"Sequence {awaited} got no answer within {WAIT:.0f} seconds.") from None
            if name == "answer":
                sequence, answer = body[0], body[1:]
                if sequence != awaited:
                    raise Broken(f"An answer to sequence {sequence} came where that to {awaited} had its turn.")
                self.note(sequence, answer)
                taken.append(answer)
        return taken

    def note(self, sequence, answer):
        kind, result, body = answer
        asked, fields = self.commands[sequence]
        if sequence in self.answers:
            self.check(answer == self.answers[sequence], f"Sequence {sequence} was answered {self.answers[sequence]} first and {answer} when repeated.")
            return
        self.answers[sequence], self.got = answer, sequence
        if not self.check(kind == asked, f"Sequence {sequence}, a {asked}, was answered as a {kind}.") or result != "ok":
            return
        if kind == "move":
            self.place = (body["x"], body["y"])
            self.check(body == fields, f"A walk to {fields} was ok and ended at {body}.")
        elif kind == "where":
            here = (body["x"], body["y"])
            self.check(self.place in (None, here), f"The player stood at {self.place} and is told {here}.")
            self.place = here
        elif kind == "dig":
            self.finds += 1
            self.points += body["points"]
        elif kind == "look":
            for what, most in (("players", 64), ("clues", 32), ("marks", 64)):
                listed = body[what]["nearest"]
                self.check(len(listed) <= min(most, body[what]["total"]), f"A look lists {len(listed)} {what} of {body[what]['total']}.")
            self.check(self.joined["player"] not in [other["name"] for other in body["players"]["nearest"]], "A look lists the player.")

    def ask(self, kind, **fields):
        """One command, tried again under a new sequence for as long as it is told to wait."""
        deadline = time.monotonic() + WAIT
        while True:
            first = self.send([(kind, fields)])
            (_, result, body), = self.collect(first, first)
            if result not in ("busy", "too-fast"):
                return result, body
            if time.monotonic() + body["retryMs"] / 1000 > deadline:
                raise Broken(f"A {kind} is {result} for more than {WAIT:.0f} seconds.")
            time.sleep(body["retryMs"] / 1000)

    def near(self):
        x, y = self.place
        return {"x": max(0, x + self.random.randint(-2, 2)), "y": max(0, y + self.random.randint(-2, 2))}

    def walk(self):
        for _ in range(self.options.steps):
            result, _ = self.ask("move", **self.near())
            self.check(result in ("ok", "blocked", "too-far", "unreachable"), f"A step was answered {result}.")
        result, _ = self.ask("move", x=65534, y=65534)
        self.check(result == "too-far", f"A walk off every map was answered {result}.")

    def write_clue(self):
        x, y = self.place
        text = f"{self.joined['player']} was here \U0001F333"
        result, _ = self.ask("drop-clue", x=x, y=y, text=text)
        if self.check(result in ("ok", "unsupported"), f"A clue was answered {result}.") and result == "ok":
            _, seen = self.ask("look")
            mine = {"x": x, "y": y, "author": self.joined["player"], "text": text}
            self.check(seen["clues"]["total"] > 32 or mine in seen["clues"]["nearest"], "A look does not show the clue just dropped.")
            result, _ = self.ask("drop-clue", x=x, y=y, text="two\u2028lines")
            self.check(result == "bad-text", f"A clue with a line separator was answered {result}.")

    def dig_around(self):
        x, y = self.place
        tiles = [{"x": x + dx, "y": y + dy} for dy in (-1, 0, 1) for dx in (-1, 0, 1) if x + dx >= 0 and y + dy >= 0]
        first = self.send([("dig", tile) for tile in tiles])
        self.digs = {"ok": 0, "empty": 0, "taken": 0}
        for tile, (_, result, _) in zip(tiles, self.collect(first, self.sent)):
            if result in ("busy", "too-fast"):
                result, _ = self.ask("dig", **tile)
            self.check(result in (*self.digs, "blocked", "too-far", "unreachable"), f"A dig was answered {result}.")
            self.digs[result] = self.digs.get(result, 0) + 1

    def lose_the_line(self):
        """Breaks off with three commands unanswered and two unsent, comes back and settles all five."""
        before = self.got
        commands = [("move", self.near()), ("where", {}), ("look", {}), ("where", {}), ("look", {})]
        self.send(commands[:3])
        time.sleep(0.3)                         # lets the three arrive: a reset may overtake what is still on its way
        self.line.socket.break_off()
        name, body = self.connect()
        following = body["next"]
        self.check(following <= before + 4, f"next is {following} although nothing above {before + 3} was sent.")
        if name == "resumed":
            self.collect(before + 1, following - 1)
        else:
            self.got = following - 1            # the page says that these answers will not come
        # What has been answered is said again, as something else, in front of what has not: it has to get its first answer.
        repeats = [("where" if kind == "look" else "look", {}) for kind, _ in commands[:following - 1 - before]] if name == "resumed" else []
        rest = commands[following - 1 - before:]
        first = following - len(repeats)
        self.send(repeats + rest, first, first - 1)
        self.collect(first, before + 5)
        self.ask("where")
        self.resumed = True

    def expect_close(self, line, code, what):
        deadline = time.monotonic() + WAIT
        try:
            while True:
                name, body = line.event(deadline)
                self.check(name != "answer", f"After {what} came an answer: {body}.")
        except TimeoutError:
            self.check(False, f"After {what} the socket was not closed with {code} within {WAIT:.0f} seconds.")
        except Closed as closed:
            name = CLOSES[code]
            self.check((closed.code, closed.reason) == (code, name), f"After {what} the socket was closed with {closed.code} {closed.reason!r}, not {code} {name!r}.")
            told = line.last and line.last[0] == "error" and line.last[1]["code"]
            self.check(told == name, f"Before the close after {what} came {line.last} and not an error {name}.")

    def expect_refusal(self, resume, code, what):
        line = Line(self.play, self.flavour)
        line.socket.send(resume)
        self.expect_close(line, code, what)

    def offend(self):
        """A second socket takes the session over and sends a wrong frame, which must change nothing."""
        old = self.line
        self.connect()
        self.expect_close(old, 4010, "a resume on a second socket")
        code, message = self.flavour.wrong(self.sent + 1, "move", self.near())
        self.line.socket.send(message)
        self.expect_close(self.line, code, "a wrong frame")
        stood = self.place
        _, body = self.connect()
        self.check(body["next"] == self.got + 1, f"next is {body['next']} and not {self.got + 1} after a wrong frame.")
        # A repeat of what is confirmed gets no answer, so that the next answer is that to the where.
        self.send([("look", {}), ("where", {})], self.got)
        self.collect(self.sent, self.sent)
        self.check(self.place == stood, f"The player stood at {stood}, and at {self.place} after a wrong frame.")
        if self.options.flavour == "binary":
            self.expect_refusal(self.last_resume, 4011, "a recorded resume")
            self.ask("where")                   # the recorded resume must not have cost the player the line

    def leave(self):
        for _ in range(5):
            first = self.send([("leave", {}), ("where", {})])
            (_, result, body), = self.collect(first, first)
            if result != "busy":
                break
            self.collect(first + 1, first + 1)
            time.sleep(min(WAIT, body["retryMs"] / 1000))
        self.check(result == "ok", f"A leave was answered {result}.")
        deadline = time.monotonic() + WAIT
        try:
            while True:
                name, body = self.line.event(deadline)
                if name == "answer":
                    # It was in the leave's own frame, so it reached the server in time to be answered.
                    self.check(body[:3] == (first + 1, "where", "left"), f"A where after the leave was answered {body}.")
                    self.answers[body[0]] = body[1:]
        except TimeoutError:
            self.check(False, f"The socket is open {WAIT:.0f} seconds after a leave.")
        except Closed as closed:
            self.check(closed.code == 1000, f"After a leave the socket was closed with {closed.code} {closed.reason!r}, not 1000.")
        self.expect_refusal(self.flavour.resume(self.got, self.attempt + 1_000_000), 4003, "a resume of a left session")


# ---- The page's examples: values in, the page's bytes out, and the other way round ----

def vectors():
    key, token = bytes(range(32)), "v1.c2Vzc2lvbi1vZi1hbm4"
    binary, twin = Binary(key, token), Json(key, token)
    at = lambda x, y, **more: {"x": x, "y": y, **more}
    oak = "Dig under the old oak \U0001F333"
    bob, hole = {"name": "bob", "x": 10, "y": 11}, at(8, 8)
    cold = at(9, 12, author="bob", text="Cold.")
    look = {"players": {"total": 70, "nearest": [bob]}, "clues": {"total": 1, "nearest": [cold]}, "marks": {"total": 1, "nearest": [hole]}}
    nothing = {what: {"total": 0, "nearest": []} for what in look}
    answers = [("move", "ok", at(10, 12)), ("look", "ok", look), ("drop-clue", "ok", {}), ("dig", "ok", {"points": 40, "treasure": 17}),
               ("where", "ok", at(10, 12, points=-3)), ("move", "blocked", {}), ("move", "too-fast", {"retryMs": 250}), ("dig", "empty", {}),
               ("dig", "taken", {}), ("look", "busy", {"retryMs": 1000}), ("leave", "ok", {})]
    three = [("look", {}), ("drop-clue", at(10, 13, text=oak)), ("dig", at(300, 65000))]
    encoded = [
        ("resume", binary.resume(41, 2), "01001600 2900000000000000 0200000000000000 76312e6332567a63326c7662693176 5a69316862 6d34"
                                         "40b90bc2f99b06cd07fc5727a4a1b167"),
        ("move", binary.commands(7, 6, [("move", at(10, 12))]), "02010000 0700000000000000 0600000000000000 010a000c00"
                                                                "101040cd2fe76ffaeb0f773295f87ab1"),
        ("batch", binary.commands(8, 7, three), "02030000 0800000000000000 0700000000000000 02 030a000d001a00 44696720756e646572"
                                                "20746865206f6c64206f616b20f09f8c b3 042c01e8fd c616456bdfb0a4c86e98f34df59a497e"),
        ("where-leave", binary.commands(1 << 32, (1 << 32) - 1, [("where", {}), ("leave", {})]),
         "02020000 0000000001000000 ffffffff00000000 05 06 205855143d547a76a5221a736b845d49"),
        ("watch", binary.watch(1), "03010000 9ec240a5d43046f986502bfd6aa66d67"),
        ("wrong-signature", binary.wrong(7, "move", at(10, 12))[1], "02010000 0700000000000000 0600000000000000 010a000c00"
                                                                    "101040cd2fe76ffaeb0f773295f87ab0"),
    ]
    decoded = [
        ("resumed", [("resumed", {"next": 42})], "81000000 2a00000000000000"),
        ("answers", [("answer", (7 + i, *answer)) for i, answer in enumerate(answers)],
         "820b0000 0700000000000000 01000a000c00 02004600010a000b0003626f6201000109000c0003626f620500436f6c642e01000108000800 0300"
         "0400280000000000000011000000 05000a000c00fdffffffffffffff 0101 0104fa000000 0405 0406 0207e8030000 0600"),
        ("answers-bare", [("answer", (18, "drop-clue", "bad-text", {})), ("answer", (19, "look", "ok", nothing))],
         "82020000 1200000000000000 0308 0200 000000 000000 000000"),
        ("snapshot", [("snapshot", at(10, 12, next=42, reason="fell-back"))], "83020000 2a00000000000000 0a000c00"),
        ("enter", [("enter", [{"handle": 3, **bob}])], "84010000 03000a000b0003626f62"),
        ("moved", [("moved", [at(11, 11, handle=3), at(9, 9, handle=4)])], "86020000 03000b000b00 040009000900"),
        ("leave-view", [("leave", [{"handle": 3}])], "85010000 0300"),
        ("hunt", [("hunt", "running")], "87010000"),
        ("notice", [("notice", "Ten minutes to go.")], "8800 120054656e206d696e7574657320746f20676f2e"),
        ("error", [("error", {"code": "bad-sequence", "message": "Sequence 9 is missing."})],
         "8900a20f 160053657175656e63652039206973206d697373696e672e"),
    ]
    written = [
        (twin.resume(41, 2), '{"resume":{"token":"v1.c2Vzc2lvbi1vZi1hbm4","lastSeq":41}}'),
        (twin.watch(1), '{"watch":true}'),
        (twin.commands(7, 6, [("move", at(10, 12))]), '{"seq":7,"ack":6,"move":{"x":10,"y":12}}'),
        (twin.commands(9, 8, [("drop-clue", at(10, 13, text=oak))]), '{"seq":9,"ack":8,"drop-clue":{"x":10,"y":13,"text":"Dig under the old oak \\ud83c\\udf33"}}'),
    ]
    told = [
        (("answer", (7, "move", "blocked", {})), '{"seq":7,"result":"blocked","move":{}}'),
        (("answer", (7, "move", "busy", {"retryMs": 250})), '{"seq":7,"result":"busy","move":{"retryMs":250}}'),
        (("answer", (8, "look", "ok", look)), '{"seq":8,"result":"ok","look":{"players":{"total":70,"nearest":[{"name":"bob","x":10,"y":11}]},"clues":{"total":1,'
         '"nearest":[{"x":9,"y":12,"author":"bob","text":"Cold."}]},"marks":{"total":1,"nearest":[{"x":8,"y":8}]}}}'),
        (("snapshot", at(10, 12, next=42, reason="fell-back")), '{"snapshot":{"next":42,"x":10,"y":12,"reason":"fell-back"}}'),
        (("error", {"code": "bad-frame", "message": "A command lacks its seq."}), '{"error":{"code":"bad-frame","message":"A command lacks its seq."}}'),
    ]
    problems = [f"{name} is {made.hex()} and on the page {page}." for name, made, page in encoded if made != bytes.fromhex(page)]
    problems += [f"{name} is read as {binary.decode(bytes.fromhex(page))} and means {meant}." for name, meant, page in decoded
                 if binary.decode(bytes.fromhex(page)) != meant]
    problems += [f"{made} is on the page {page}." for made, page in written if made != page]
    problems += [f"{page} is read as {twin.decode(page)} and means {meant}." for meant, page in told if twin.decode(page) != [meant]]
    return {"vectors": len(encoded) + len(decoded) + len(written) + len(told), "problems": problems}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--vectors", action="store_true", help="check the page's examples and stop")
    parser.add_argument("--url")
    parser.add_argument("--hunt")
    parser.add_argument("--player", help="a guest's name, and the seed of the walk")
    parser.add_argument("--token", help="the player token; without it the player is a guest")
    parser.add_argument("--flavour", choices=("binary", "json"), default="binary")
    parser.add_argument("--steps", type=int, default=10)
    options = parser.parse_args()
    if options.vectors:
        report = vectors()
    else:
        if not (options.url and options.hunt and options.player):
            parser.error("--url, --hunt and --player are needed to play")
        hunter = Hunter(options)
        try:
            hunter.hunt()
        except Broken as error:
            hunter.problems.append(str(error))
        except (Closed, OSError, ValueError, KeyError) as error:
            hunter.problems.append(f"The hunt broke off after sequence {hunter.sent}: {type(error).__name__}: {error}.")
        report = {"flavour": options.flavour, "player": options.player, "answers": len(hunter.answers), "points": hunter.points,
                  "finds": hunter.finds, "digs": getattr(hunter, "digs", {}), "resumed": hunter.resumed, "checks": hunter.checks,
                  "problems": hunter.problems}
    print(json.dumps(report))
    return 1 if report["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
