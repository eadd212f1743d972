import { buildCommand, buildRouteMap } from '@stricli/core'
import { asItIs } from '../../as-it-is.ts'
import { IMAGE_FORMS } from '../../../image/source/reference.ts'
import { parseCount } from '../../count.ts'
import { EXIT_CODES, SCANNER_FLAGS, sinceFlags } from './flags.ts'
import { parseImage, parsePlatformText, parsePriority, parseStates, parseTimeout } from './parse.ts'

const ID = {
  kind: 'tuple',
  parameters: [
    { parse: asItIs, brief: 'The id of a job, or the beginning of it', placeholder: 'ID' },
  ],
} as const

const submitCommand = buildCommand({
  loader: async () => (await import('./jobs-submit.ts')).submitJob,
  parameters: {
    positional: {
      kind: 'tuple',
      parameters: [{ parse: parseImage, brief: IMAGE_FORMS, placeholder: 'IMAGE' }],
    },
    flags: {
      priority: {
        kind: 'parsed',
        parse: parsePriority,
        brief: 'The higher, the sooner: -1000 to 1000',
        placeholder: 'N',
        default: '0',
      },
      platform: {
        kind: 'parsed',
        parse: parsePlatformText,
        brief: 'Which image of several: linux/arm64 (default: the one of the host that scans)',
        placeholder: 'OS/ARCH',
        optional: true,
      },
      timeout: {
        kind: 'parsed',
        parse: parseTimeout,
        brief: 'How long the scan may take (default: timeouts.scan)',
        placeholder: 'DUR',
        optional: true,
      },
      readAgain: {
        kind: 'boolean',
        brief: 'Read every layer, also those that are known',
        optional: true,
        withNegated: false,
      },
      wait: {
        kind: 'boolean',
        brief: 'Come back when the job has ended; exit code 1 where it is not done',
        optional: true,
        withNegated: false,
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'Have an image scanned',
    fullDescription: [
      'Puts an image into the line of its pool: large ones go to the pool of routing.large_image_pool. An image that',
      'cannot be reached now is taken all the same, and tried when its turn comes.',
      '',
      'Examples:',
      '  stella scanner jobs submit registry:debian:12',
      '  stella scanner jobs submit docker:shop --priority 10 --timeout 1h',
      '  stella scanner jobs submit registry:debian:12 --wait --quiet',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const listCommand = buildCommand({
  loader: async () => (await import('./jobs.ts')).listJobs,
  parameters: {
    flags: {
      status: {
        kind: 'parsed',
        parse: parseStates,
        brief: 'Only these: queued, running, done, failed, timeout, cancelled; several with commas',
        placeholder: 'STATE',
        optional: true,
      },
      ...sinceFlags('Only those that came or ended since'),
      image: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Only images with this in their name',
        placeholder: 'TEXT',
        optional: true,
      },
      limit: {
        kind: 'parsed',
        parse: parseCount,
        brief: 'Only the newest N (default: 50, and 1000 with --json)',
        placeholder: 'N',
        optional: true,
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'List jobs, newest first',
    fullDescription: [
      'Lists jobs with the word that ended their last attempt. A job with status timeout would need more time; one',
      'with status failed was tried as often as jobs.max_attempts says. sbom_failed means failed.',
      '',
      'Examples:',
      '  stella scanner jobs list --status failed --since 1h',
      '  stella scanner jobs list --status failed,timeout --image shop',
      '  stella scanner jobs list --json | jq -r ".jobs[].image"',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const showCommand = buildCommand({
  loader: async () => (await import('./jobs.ts')).showJob,
  parameters: {
    positional: ID,
    flags: {
      sbom: {
        kind: 'parsed',
        parse: asItIs,
        brief: 'Write the SBOM, CycloneDX, to this file',
        placeholder: 'FILE',
        optional: true,
      },
      sbomErrors: {
        kind: 'boolean',
        brief: 'What the SBOM lacks, or why there is none, line by line',
        optional: true,
        withNegated: false,
      },
      ...SCANNER_FLAGS,
    },
  },
  docs: {
    brief: 'Show a job with its attempts',
    fullDescription: [
      'Tells of each attempt how it used memory, in which pool, its limit and its peak, and how it ended. What an',
      'out-of-memory kill was about, the case says that is named.',
      '',
      'Examples:',
      '  stella scanner jobs show 3f2a9c01',
      '  stella scanner jobs show 3f2a9c01 --sbom shop.cdx.json',
      '  stella scanner job details 3f2a9c01 --sbom-errors',
      '  stella scanner job details 3f2a9c01 --json',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const retryCommand = buildCommand({
  loader: async () => (await import('./jobs.ts')).retryJob,
  parameters: { positional: ID, flags: SCANNER_FLAGS },
  docs: {
    brief: 'Try a job again that has ended',
    fullDescription: [
      'Puts it into its line again, by the settings of now; the attempts before do not count any more.',
      '',
      'Examples:',
      '  stella scanner jobs retry 3f2a9c01',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

const cancelCommand = buildCommand({
  loader: async () => (await import('./jobs.ts')).cancelJob,
  parameters: { positional: ID, flags: SCANNER_FLAGS },
  docs: {
    brief: 'End a job that waits or runs',
    fullDescription: [
      'A job that waits leaves its line; the worker of one that runs is told to stop.',
      '',
      'Examples:',
      '  stella scanner jobs cancel 3f2a9c01',
      '',
      EXIT_CODES,
    ].join('\n'),
  },
})

export const jobsRoutes = buildRouteMap({
  routes: {
    submit: submitCommand,
    list: listCommand,
    show: showCommand,
    retry: retryCommand,
    cancel: cancelCommand,
  },
  aliases: { details: 'show' },
  docs: {
    brief: 'Images that are to be scanned, and what became of them',
    fullDescription: [
      'A job is one image. It is tried again with less memory use, or in a larger pool, where memory ran out.',
      '',
      'Examples:',
      '  stella scanner jobs submit registry:debian:12',
      '  stella scanner jobs list --status failed --since 1h',
      '  stella scanner jobs show 3f2a9c01',
    ].join('\n'),
  },
})
