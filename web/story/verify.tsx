import type { Case } from '../../src/model/case.ts'
import { Command } from '../parts/command.tsx'
import { weightOf } from '../words/verdict.ts'
import { Section } from './section.tsx'

/** "It runs" is not enough: it ran before, too, until it was killed. */
export function VerifySection({ found, isKept }: { found: Case; isKept: boolean }) {
  if (weightOf(found.verdict.code) === 'calm') return null
  return (
    <Section
      id="verify"
      title="See whether it holds"
      lead={
        isKept
          ? 'On the machine itself. The first changes nothing until it is told to; the second counts from the moment of the change, and asks the kernel, not the configuration.'
          : 'Where the container runs. It counts from the moment of the change, and asks the kernel, not the configuration.'
      }
    >
      {isKept ? (
        <>
          <Command run={`stella fix ${found.id}`} what="Plan the change" />
          <Command
            run={`stella verify ${found.id} --for 10m`}
            what="Watch for ten minutes whether it holds"
          />
        </>
      ) : (
        <Command
          run={`stella verify ${targetOf(found)} --for 10m`}
          what="Watch for ten minutes whether it holds"
        />
      )}
    </Section>
  )
}

/** The subject as the command line takes it; where it cannot be told, a place to fill in. */
function targetOf({ subject, binding }: Case): string {
  const name = subject.name ?? subject.id
  const isPlain = name !== null && /^[\w./:-]+$/.test(name)
  if (isPlain && (subject.platform === 'docker' || subject.platform === 'podman')) {
    return `${subject.platform}:${name}`
  }
  if (isPlain && subject.platform === 'cgroup') return `cgroup:${name}`
  const path = binding.path ?? ''
  return /^[\w./:-]+$/.test(path) ? `cgroup:${path}` : 'TARGET'
}
