import type { Phase } from '../../model/runbook.ts'

/** What headings are called, by what they say; the first that fits. */
const BY_WORDS: readonly (readonly [RegExp, Phase])[] = [
  [/symptom/i, 'symptoms'],
  [/impact/i, 'impact'],
  [/quick|triage|first (?:look|checks?)/i, 'quick-checks'],
  [/deep|investigat|analysis|twist|clues/i, 'deep-diagnosis'],
  [/diagnos|checks?$|thought process/i, 'quick-checks'],
  [/verif|validat|confirm/i, 'verification'],
  [/prevent|hardening|follow.?up|wrapping up/i, 'prevention'],
  [/root.?cause|permanent|long.?term/i, 'root-cause-fix'],
  [
    /immediate|mitigat|workaround|resolution|remed|solution|fix|setup|clean.?up|tear.?down/i,
    'mitigation',
  ],
]

/** Null: the heading says nothing of it. */
export function phaseOf(heading: string): Phase | null {
  return BY_WORDS.find(([words]) => words.test(heading))?.[1] ?? null
}
