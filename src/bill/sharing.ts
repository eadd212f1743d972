import { formatBytes, MIB } from '../model/bytes.ts'
import type { ProcessState } from '../model/facts.ts'
import type { KsmReading } from '../model/ksm.ts'
import type { GroupFigures } from './figures.ts'
import { ksmSays } from './sharing-ksm.ts'
import { kindsOf } from './tools/kinds.ts'
import { sumOver, wholeSum } from './tools/sums.ts'

/** Pages that more than one process maps, and who is charged for them. Null: what is needed could not be read. */
export interface SharingView {
  /** Σ RSS − Σ PSS: what a sum over `ps` counts too much. */
  countedTwiceBytes: number | null
  /** At least so much of the files and shared memory that its processes map is charged to other groups. */
  chargedElsewhereBytes: number | null
  /** At least so much of the mapped files and shared memory that it is charged for, none of its processes maps. */
  mappedElsewhereBytes: number | null
  /** So much of its processes' anonymous memory is charged to other groups. */
  anonElsewhereBytes: number | null
  says: readonly string[]
}

/**
 * Who shares what. A page is charged once, to the group whose process touched it first, and stays charged there
 * (Documentation/admin-guide/cgroup-v2.rst, Memory Ownership); a process that maps it elsewhere maps it for nothing.
 *
 * @param group null for a single process: then only its pages count
 */
export function sharingOf(
  processes: readonly ProcessState[],
  group: GroupFigures | null,
  ksm: KsmReading = { machine: null, processes: [] },
): SharingView {
  const rss = wholeSum(sumOver(processes, ({ rssBytes }) => rssBytes))
  const pss = wholeSum(sumOver(processes, ({ pssBytes }) => pssBytes))
  const countedTwice = rss === null || pss === null ? null : Math.max(0, rss - pss)
  const moved = group === null ? NOTHING_KNOWN : chargedBy(processes, group)
  return {
    countedTwiceBytes: countedTwice,
    ...moved,
    says: [
      ...countedTwiceSays(countedTwice, rss, processes.length),
      ...chargeSays(moved),
      ...ksmSays(ksm),
    ],
  }
}

type Charged = Pick<
  SharingView,
  'chargedElsewhereBytes' | 'mappedElsewhereBytes' | 'anonElsewhereBytes'
>

const NOTHING_KNOWN: Charged = {
  chargedElsewhereBytes: null,
  mappedElsewhereBytes: null,
  anonElsewhereBytes: null,
}

/** Bounds, and no exact figures: no file tells page by page which group is charged. */
function chargedBy(processes: readonly ProcessState[], group: GroupFigures): Charged {
  const { mappedBytes, anonBytes } = kindsOf(group)
  const sums = {
    shares: wholeSum(
      sumOver(processes, ({ pssFileBytes, pssShmemBytes }) => plus(pssFileBytes, pssShmemBytes)),
    ),
    resident: wholeSum(sumOver(processes, filesOf)),
    anonShares: wholeSum(sumOver(processes, ({ pssAnonBytes }) => pssAnonBytes)),
  }
  // The pages that they map together are no fewer than their shares, nor than what the largest one maps,
  const atLeast = Math.max(sums.shares ?? 0, ...processes.map((process) => filesOf(process) ?? 0))
  // and no more than all of them added up.
  const atMost = sums.resident
  return {
    chargedElsewhereBytes:
      mappedBytes === null || sums.shares === null ? null : Math.max(0, atLeast - mappedBytes),
    mappedElsewhereBytes:
      mappedBytes === null || atMost === null ? null : Math.max(0, mappedBytes - atMost),
    anonElsewhereBytes:
      anonBytes === null || sums.anonShares === null
        ? null
        : Math.max(0, sums.anonShares - anonBytes),
  }
}

function filesOf({ fileRssBytes, shmemRssBytes }: ProcessState): number | null {
  return plus(fileRssBytes, shmemRssBytes)
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b
}

/** The counters of a group lag behind by some pages for each CPU; a few libraries are always somebody else's. */
const WORTH_TELLING_BYTES = 4 * MIB
const WORTH_TELLING_SHARE = 0.1

function countedTwiceSays(bytes: number | null, rss: number | null, processes: number): string[] {
  if (bytes === null || rss === null || bytes < Math.max(MIB, rss * WORTH_TELLING_SHARE)) return []
  return [
    processes === 1
      ? `${formatBytes(bytes)} of its ${formatBytes(rss)} of RSS are the share of other processes that map the same pages`
      : `ps shows ${formatBytes(rss)} of RSS for its ${processes} processes: ${formatBytes(bytes)} of that are shared pages, counted again for each of them`,
  ]
}

function chargeSays({
  chargedElsewhereBytes,
  mappedElsewhereBytes,
  anonElsewhereBytes,
}: Charged): string[] {
  const says: string[] = []
  if ((chargedElsewhereBytes ?? 0) >= WORTH_TELLING_BYTES) {
    says.push(
      `at least ${formatBytes(chargedElsewhereBytes ?? 0)} of the files and shared memory that its processes map are charged to other groups, which touched them first: if those groups end and the pages are read anew, this one pays`,
    )
  }
  if ((mappedElsewhereBytes ?? 0) >= WORTH_TELLING_BYTES) {
    says.push(
      `at least ${formatBytes(mappedElsewhereBytes ?? 0)} of mapped files and shared memory are charged here because this group touched them first, and only processes of other groups map them now`,
    )
  }
  if ((anonElsewhereBytes ?? 0) >= WORTH_TELLING_BYTES) {
    says.push(
      `${formatBytes(anonElsewhereBytes ?? 0)} of its processes' own memory are charged to other groups: a process that is moved leaves its charge behind`,
    )
  }
  return says
}
