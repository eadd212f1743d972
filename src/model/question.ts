/** What a runtime may be asked without changing it, and what it answered. */

interface Asked {
  /** Unique among the questions of one runtime. */
  id: string
}

export type Question =
  /** A file below /proc/PID: `smaps`, `maps`, `limits`; below `root/` and `cwd/` stand the container's own: `root/etc/…`. */
  | (Asked & { kind: 'file'; path: string; maxBytes: number })
  /** The variables of this name alone, as `NAME=value` lines: the environment holds secrets. */
  | (Asked & { kind: 'environment'; names: readonly string[] })
  /** The first bytes of the program that runs, as Latin-1 text, from `offset` on. */
  | (Asked & { kind: 'program'; offset: number; maxBytes: number })
  /** Bytes of a section of that program (ELF), as Latin-1 text: from the first place on where `mark` stands, or from its beginning. */
  | (Asked & { kind: 'section'; name: string; mark: string | null; maxBytes: number })
  /** A diagnostic command of HotSpot through its attach interface, as jcmd sends it: `VM.native_memory summary`. */
  | (Asked & { kind: 'jvm'; command: string })
  /** Text sent to a socket in the process's own network namespace, and what comes back until it closes or is quiet. */
  | (Asked & { kind: 'talk'; to: SocketAddress; send: string; maxBytes: number; login?: Login })

/** How to come in where a server wants a password. The password stays with who asks: it is in no question and in no answer. */
export interface Login {
  /** How the reply begins of a server that wants one: `-NOAUTH`. */
  refusal: string
  /** Variable of our own environment that holds the password; never one of the asked process. */
  variable: string
  /** What to send ahead of the text. */
  compose(password: string): string
}

export type SocketAddress =
  | { port: number }
  /** Path as the process sees it. */
  | { path: string }
  /** Wherever it listens: Unix sockets first, then ports from the lowest on, until one answers. */
  | { any: true }

/** A question's answer; a refused or impossible one says why, in words for people. */
export type Answer =
  | { pid: number; id: string; ok: true; text: string; truncated: boolean }
  | { pid: number; id: string; ok: false; why: string }
