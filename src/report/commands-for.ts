import type { Remedy, RemedyPlatform } from '../model/case.ts'
import type { Platform } from '../model/subject.ts'

const PLATFORMS: Record<Platform, readonly RemedyPlatform[]> = {
  docker: ['docker', 'compose', 'host'],
  podman: ['podman', 'host'],
  kubernetes: ['kubernetes', 'host'],
  marathon: ['marathon', 'host'],
  cgroup: ['systemd', 'host'],
  process: ['systemd', 'host'],
  host: ['host', 'systemd'],
  unknown: ['docker', 'compose', 'podman', 'kubernetes', 'marathon', 'systemd', 'host'],
}

/** The commands of a remedy that fit the platform at hand; all of them where none does. */
export function commandsFor(platform: Platform, remedy: Remedy): Remedy['commands'] {
  const fitting = remedy.commands.filter((command) => PLATFORMS[platform].includes(command.for))
  return fitting.length > 0 ? fitting : remedy.commands
}
