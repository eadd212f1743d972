import type { Application, CommandContext } from '@stricli/core'
import type { ExitCode } from '../model/errors.ts'
import type { Instant } from '../model/time.ts'
import type { Engine } from './engine.ts'

/** What the outside gives to a command; a test gives its own. */
export interface CliIo {
  out(text: string): void
  err(text: string): void
  /** Resolves when the reader of `out` has taken what was written: for those who write more than fits into memory. */
  drained(): Promise<void>
  stdin(): AsyncIterable<Uint8Array>
  env: Variables
  /** Null where standard output is not a terminal. */
  terminal: { columns: number } | null
  now(): Instant
  /** Makes of this program one that can hold the embedded database: it may start again, so it is called before anything else. */
  becomeLean(): void
  /** From now on it is no fault where nobody can read what is printed: what is being done goes on. */
  mayGoUnread(): void
}

/** Variables of the environment, by name. */
export type Variables = Readonly<Record<string, string | undefined>>

export interface CliContext extends CommandContext {
  io: CliIo
  /** All commands, for the one that writes about them. */
  root: Application<CliContext>['root']
  /**
   * Loaded only by commands that look at the world, so that the others start fast.
   *
   * @param variables go before those of the environment: options that stand for one
   */
  engine(variables?: Variables): Promise<Engine>
  /** Sets the exit code of a command that did its work; errors carry their own. */
  finish(code: ExitCode): void
}
