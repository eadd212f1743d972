import type { Case, Remedy, RemedyLayer, RemedyPlatform } from '../../src/model/case.ts'
import { commandsFor } from '../../src/report/commands-for.ts'
import { printable } from '../../src/report/printable.ts'
import { Command } from '../parts/command.tsx'
import { Section } from './section.tsx'

const LAYERS: Record<RemedyLayer, string> = {
  app: 'in the program',
  runtime: 'in the runtime',
  container: 'at the container',
  node: 'on the machine',
  kernel: 'in the kernel',
}

const PLATFORMS: Record<RemedyPlatform, string> = {
  docker: 'Docker',
  compose: 'Compose',
  kubernetes: 'Kubernetes',
  marathon: 'Marathon',
  podman: 'Podman',
  systemd: 'systemd',
  host: 'On the machine',
}

export function RemediesSection({ found }: { found: Case }) {
  if (found.remedies.length === 0) return null
  return (
    <Section
      id="remedies"
      title="What to do"
      lead="The first is what helps most at the least risk."
    >
      <ol class="remedies">
        {found.remedies.map((remedy) => (
          <RemedyCard key={remedy.id} found={found} remedy={remedy} />
        ))}
      </ol>
    </Section>
  )
}

function RemedyCard({ found, remedy }: { found: Case; remedy: Remedy }) {
  const fitting = commandsFor(found.subject.platform, remedy)
  const others = remedy.commands.filter((command) => !fitting.includes(command))
  return (
    <li class="remedy">
      <h3>{printable(remedy.title)}</h3>
      <p class="remedy-terms">
        {LAYERS[remedy.layer]}, {remedy.risk} risk,{' '}
        {remedy.reversible ? 'can be undone' : 'cannot be undone'}
      </p>
      <Commands remedy={remedy} commands={fitting} />
      {others.length === 0 ? null : (
        <details class="evidence">
          <summary>On other platforms</summary>
          <Commands remedy={remedy} commands={others} />
        </details>
      )}
    </li>
  )
}

function Commands({ remedy, commands }: { remedy: Remedy; commands: Remedy['commands'] }) {
  return commands.map((command, at) => (
    <div key={at} class="remedy-command">
      <p class="platform">{PLATFORMS[command.for]}</p>
      <Command run={command.run} what={`${PLATFORMS[command.for]}: ${printable(remedy.title)}`} />
    </div>
  ))
}
