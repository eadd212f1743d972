import { formatBytes } from '../../../../model/bytes.ts'
import {
  PAGE_BYTES,
  type SnapshotForecast,
  type SnapshotReason,
  type SnapshotSetting,
} from '../../../../simulate/snapshot/forecast.ts'
import type { SnapshotKnown } from '../../../../simulate/snapshot/from-world.ts'
import { printable } from '../../../../report/printable.ts'
import { sizeWithBytes } from '../../../../report/size.ts'
import { textTable } from '../../../../report/table.ts'
import type { Answer } from '../print.ts'
import { isLoadGiven, type SnapshotNumbers } from './setting.ts'

export interface SnapshotTold {
  flags: SnapshotNumbers
  known: SnapshotKnown | null
  setting: SnapshotSetting
  forecast: SnapshotForecast
}

/** Go or defer, the peak it rests on, and what would change it. */
export function snapshotAnswer(told: SnapshotTold): Answer {
  const { setting, forecast, known } = told
  const says = `${forecast.decision === 'go' ? 'Go' : 'Defer'}: ${REASONS[forecast.reason](told)}`
  const notes = notesOn(told)
  const { peak } = forecast
  return {
    document: {
      /** What `stella simulate snapshot --json` prints: whether a fork for a snapshot fits. */
      schema: 'stella.simulate-snapshot/1',
      decision: forecast.decision,
      reason: forecast.reason,
      says,
      peak,
      copied: forecast.copies,
      forkBytes: forecast.forkBytes,
      roomBytes: forecast.roomBytes,
      neededLimitBytes: peak.mostBytes,
      fullAfterSeconds: forecast.fullAfterSeconds,
      fitsUpToBytesPerSecond: forecast.fitsUpToBytesPerSecond,
      setting,
      process: known?.process ?? null,
      limitPath: known?.limit?.path ?? null,
      notes,
    },
    headline: printable(says),
    tone: forecast.decision === 'go' ? 'good' : 'bad',
    parts: [{ lines: tableOf(told) }, { sentences: notes.map((note) => printable(note)) }],
  }
}

const REASONS: Readonly<Record<SnapshotReason, (told: SnapshotTold) => string>> = {
  fits: ({ forecast }) =>
    forecast.roomBytes === null
      ? `it comes to at most ${size(forecast.peak.mostBytes)}, and nothing is known to limit it.`
      : `it comes to at most ${size(forecast.peak.mostBytes)} of ${size(forecast.roomBytes)}.`,
  'fits-with-swap': ({ forecast, setting }) =>
    `it comes to at most ${size(forecast.peak.mostBytes)}, which is above the limit of ${size(setting.limitBytes)} and fits with its swap; it will be slow.`,
  running: () => 'a snapshot of this process is being written already.',
  'fork-fails': ({ setting }) =>
    `the fork would fail: it needs a promise of ${size(setting.dataBytes)}, and with vm.overcommit_memory=2 the machine has ${size(setting.commitLeftBytes)} left to promise.`,
  'fork-may-fail': ({ setting }) =>
    `the fork may fail: it needs a promise for what of ${size(setting.mappedBytes)} is private, and with vm.overcommit_memory=2 the machine has ${size(setting.commitLeftBytes)} left to promise.`,
  'over-limit': ({ forecast, setting }) =>
    `it comes to ${size(forecast.peak.expectedBytes)}, above ${roomInWords(setting)}${full(forecast)}: the kernel would kill.`,
  'over-host': ({ forecast }) =>
    `it comes to ${size(forecast.peak.expectedBytes)}, and the machine has room for ${size(forecast.roomBytes)}${full(forecast)}.`,
  close: ({ forecast }) =>
    `it comes to ${size(forecast.peak.expectedBytes)} where writes hit all pages alike, and up to ${size(forecast.peak.mostBytes)} where they do not; the room is ${size(forecast.roomBytes)}.`,
  'load-unknown': ({ forecast }) =>
    `nothing tells how much is written meanwhile, and if it is everything it comes to ${size(forecast.peak.mostBytes)} of ${size(forecast.roomBytes)}.`,
}

function roomInWords({ limitBytes, swapBytes }: SnapshotSetting): string {
  const limit = `the limit of ${size(limitBytes)}`
  return swapBytes === 0 ? limit : `${limit} with ${size(swapBytes)} of swap`
}

function full({ fullAfterSeconds }: SnapshotForecast): string {
  if (fullAfterSeconds === null) return ''
  const rounded = fullAfterSeconds < 10 ? fullAfterSeconds.toFixed(1) : Math.round(fullAfterSeconds)
  return `, full after about ${rounded} s`
}

function tableOf({ setting, forecast }: SnapshotTold): string[] {
  const { copies, peak, forkBytes, roomBytes } = forecast
  return textTable(
    ['Item', 'Expected', 'At most'],
    [
      ['held now', size(setting.currentBytes), size(setting.currentBytes)],
      ['page tables and child', size(forkBytes), size(forkBytes)],
      ['copied pages', size(copies.expectedBytes), size(copies.mostBytes)],
      ...(setting.bufferBytes === 0
        ? []
        : [['buffers', size(setting.bufferBytes), size(setting.bufferBytes)]]),
      ['peak', size(peak.expectedBytes), sizeWithBytes(peak.mostBytes)],
      ['room', size(roomBytes), size(roomBytes)],
    ],
  )
}

function notesOn({ flags, known, setting, forecast }: SnapshotTold): string[] {
  const { load } = setting
  const process = known?.process ?? null
  const path = known?.limit?.path ?? null
  return [
    process === null
      ? null
      : `Looked at ${process.name ?? 'a process'} (PID ${process.pid})${path === null ? '' : `, below the limit of ${path}`}.`,
    basisNote(flags, setting, forecast),
    load.copiedPageBytes === PAGE_BYTES
      ? null
      : 'Huge pages are copied whole, 2 MiB for one written byte: so it was before Linux 5.8. Later kernels split them and copy 4 KiB; say which one it is with --kernel.',
    forecast.decision === 'defer' && forecast.fitsUpToBytesPerSecond !== null
      ? forecast.fitsUpToBytesPerSecond === 0
        ? 'There is no room for any write.'
        : `It surely fits up to ${formatBytes(forecast.fitsUpToBytesPerSecond)}/s of written pages, or with a limit of ${sizeWithBytes(forecast.peak.mostBytes)}.`
      : null,
    forecast.reason === 'load-unknown'
      ? 'Say how much is written with --write-rate or --writes, and how long it takes with --duration.'
      : null,
    'Page cache of the file that is written comes on top of this and is given back before anything is killed.',
  ].filter((note) => note !== null)
}

function basisNote(
  flags: SnapshotNumbers,
  { load }: SnapshotSetting,
  { copies }: SnapshotForecast,
): string | null {
  const pace = `${Math.round(load.pagesPerSecond ?? 0)} pages/s`
  const formula = 'copied = N * (1 - e^(-w * t / N)) pages of N'
  const time = `${round(load.seconds ?? 0)} s`
  const source = isLoadGiven(flags) ? '' : ', as if each command that Redis runs now were a write'
  switch (copies.basis) {
    case 'writes':
      if (load.pagesPerSecond === 0) {
        return isLoadGiven(flags)
          ? 'Nothing is written meanwhile, so nothing is copied.'
          : 'Redis runs no commands at the moment, so nothing is expected to be copied. If writes may come meanwhile, say how many with --writes.'
      }
      return `Computed as ${formula}, with ${pace} for ${time}${source}; at most every write hits another page.`
    case 'last-snapshot':
      return `Taken from the last snapshot, which copied ${size(load.lastCopiedBytes)}; at most twice that. If more is written now, say so with --writes.`
    case 'writes-and-last-snapshot':
      return `The larger one of what the last snapshot copied (${size(load.lastCopiedBytes)}, at most twice that) and of ${formula}, with ${pace} for ${time}${source}.`
    case 'nothing':
      return null
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10
}

function size(bytes: number | null): string {
  return bytes === null ? 'not known' : formatBytes(bytes)
}
