import { createHash } from 'node:crypto'
import {
  closeSync,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { unreachableError, usageError, type StellaError } from '../../model/errors.ts'
import { problemOf, type Reader } from '../../sources/reader.ts'
import { conflict } from '../conflict.ts'
import { applySplices, invertSplices, type Splice } from './splice.ts'

/** Larger than every file that people write by hand. */
const MAX_FILE_BYTES = 4 * 1024 * 1024

/** A change of a text file. It holds what is replaced and nothing of what stands around it. */
export type FileEdit = {
  /** Below the reader's root. */
  file: string
  beforeHash: string
  afterHash: string
  splices: Splice[]
}

export function fileEdit(file: string, before: string, splices: Splice[]): FileEdit {
  const after = applySplices(before, splices) ?? before
  return { file, beforeHash: hashOf(before), afterHash: hashOf(after), splices }
}

/**
 * The text of a file, exactly: written back as UTF-8 it gives the same bytes. Null where there is no such file.
 *
 * @throws StellaError where it cannot be read, is too long, or is not UTF-8
 */
export function readExactly(reader: Reader, file: string): string | null {
  const path = join(reader.root, file)
  try {
    const { size } = statSync(path)
    if (size > MAX_FILE_BYTES) {
      throw usageError('is too long to be edited', file, 'change it by hand')
    }
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(path))
  } catch (error) {
    if (error instanceof TypeError) {
      throw usageError('is not written in UTF-8', file, 'convert it first, or change it by hand')
    }
    if (problemOf(error).kind === 'missing') return null
    throw fileError(error, 'read', file)
  }
}

/** Makes an edit: the file holds all of it or nothing. Does nothing where it was made already. */
export function carryOutEdit(reader: Reader, edit: FileEdit): void {
  replace(reader, edit, { since: 'the change was planned', force: false })
}

/**
 * Takes an edit back: the file holds its earlier bytes again. Does nothing where it does already.
 *
 * @param options.force puts the earlier pieces back into a file that was changed elsewhere since, too
 */
export function takeBackEdit(reader: Reader, edit: FileEdit, options: { force: boolean }): void {
  const { file, beforeHash, afterHash } = edit
  const splices = invertSplices(edit.splices)
  const back = { file, beforeHash: afterHash, afterHash: beforeHash, splices }
  replace(reader, back, { since: 'stella changed it', force: options.force })
}

function replace(
  reader: Reader,
  edit: FileEdit,
  { since, force }: { since: string; force: boolean },
): void {
  const text = readExactly(reader, edit.file)
  if (text !== null && hashOf(text) === edit.afterHash) return
  const isKnown = text !== null && (force || hashOf(text) === edit.beforeHash)
  const after = isKnown ? applySplices(text, edit.splices) : null
  if (after === null) {
    throw conflict(
      `is not what it was when ${since}`,
      edit.file,
      'look at what was changed there, and change the rest by hand',
    )
  }
  writeAtomically(reader, edit.file, after)
}

/**
 * Lets a file that was `from` be `to`, where null is no file. Does nothing where it is so already; the other way round it
 * takes itself back.
 *
 * @throws StellaError where it is neither
 */
export function swapFile(
  reader: Reader,
  file: string,
  { from, to, force = false }: { from: string | null; to: string | null; force?: boolean },
): void {
  const text = readExactly(reader, file)
  if (text === to) return
  if (text !== from && !force) {
    throw conflict(
      'was changed by somebody else',
      file,
      'look at what stands there, and change it by hand',
    )
  }
  if (to === null) removeFile(reader, file)
  else writeAtomically(reader, file, to)
}

/** Owner and mode stay; a link is followed, so that it stays a link. What was left of a write that was cut short goes away. */
export function writeAtomically(reader: Reader, file: string, text: string): void {
  try {
    const path = resolved(join(reader.root, file))
    const old = statSync(path, { throwIfNoEntry: false })
    const fresh = join(dirname(path), `.${basename(path)}.stella-new`)
    rmSync(fresh, { force: true })
    const descriptor = openSync(fresh, 'wx', 0o600)
    try {
      writeFileSync(descriptor, text)
      if (old !== undefined) keepOwner(descriptor, old)
      fchmodSync(descriptor, old === undefined ? 0o644 : old.mode & 0o7777)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    renameSync(fresh, path)
  } catch (error) {
    throw fileError(error, 'write', file)
  }
}

function keepOwner(descriptor: number, old: { uid: number; gid: number }): void {
  try {
    fchownSync(descriptor, old.uid, old.gid)
  } catch (error) {
    // Only root gives files away; then the file is the one's who changes it.
    if (problemOf(error).kind !== 'denied') throw error
  }
}

function removeFile(reader: Reader, file: string): void {
  try {
    rmSync(join(reader.root, file))
  } catch (error) {
    if (problemOf(error).kind !== 'missing') throw fileError(error, 'remove', file)
  }
}

function resolved(path: string): string {
  return statSync(path, { throwIfNoEntry: false }) === undefined ? path : realpathSync(path)
}

export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function fileError(error: unknown, verb: string, file: string): unknown {
  if (error instanceof Error && error.name === 'StellaError') return error
  return accessError(error, verb, file)
}

/** What the system refused, with the right that is missing. */
export function accessError(error: unknown, verb: string, file: string): StellaError {
  const { kind, code } = problemOf(error)
  const todo =
    kind === 'denied'
      ? `run stella as a user who may ${verb} it (root may)`
      : code === 'EROFS'
        ? 'it is mounted read-only here: run stella on the machine itself'
        : 'see whether it is there, and whether its disk has room'
  return unreachableError(`cannot be ${PAST[verb] ?? verb} (${code})`, file, todo, { cause: error })
}

const PAST: Readonly<Record<string, string>> = {
  read: 'read',
  write: 'written',
  remove: 'removed',
  change: 'changed',
}
