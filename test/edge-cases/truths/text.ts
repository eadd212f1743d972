import { MIB, type Truth } from '../truth.ts'

/** Names and transports that damage the text of one and the same kind of kill. */
export const TEXT: readonly Truth[] = [
  ...damaged(
    48,
    '48-summary-line-missing',
    'The oom-kill: line is missing, the kill line is there.',
  ),
  ...damaged(48, '48-kill-line-missing', 'The kill line is missing, the oom-kill: line is there.'),
  ...damaged(49, '49-syslog-escapes', 'rsyslog writes #012 for the line breaks of a report.'),
  ...damaged(49, '49-journal', 'Out of a journal, with host name and thread ids.'),
  ...damaged(49, '49-dmesg-ctime', 'dmesg -T.'),
  ...damaged(49, '49-priorities', 'Raw records with <4> before each line.'),
  ...damaged(49, '49-wrapped-mail', 'Quoted and wrapped in a mail.'),
  named('49-weird-name-parenthesis', 'a) x (b'),
  named('49-weird-name-comma', 'x,pid=1,uid=0'),
  named('49-weird-name-spaces', 'my own app'),
  named('49-weird-name-newline', 'up\ndown'),
  named('49-weird-name-newline-kmsg', 'up\ndown'),
]

function damaged(row: number, folder: string, says: string): Truth[] {
  return [
    {
      row,
      folder,
      says,
      verdicts: ['oom-own-limit'],
      scope: 'container',
      path: /^\/docker\/[0-9a-f]{64}$/,
      victims: ['cart'],
    },
  ]
}

function named(folder: string, name: string): Truth {
  return {
    row: 49,
    folder,
    says: `A process called ${JSON.stringify(name)}.`,
    verdicts: ['oom-own-limit'],
    mainProcessDied: true,
    limitBytes: 32 * MIB,
    path: /^\/weird$/,
    victims: [name],
  }
}
