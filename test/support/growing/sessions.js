// A service that keeps every session in memory: `sessions.js KIB_PER_SESSION SESSIONS_PER_SECOND`. Says `ready`, then takes them in.
// SESSIONS_MAX bounds them: the oldest goes first.
const [, , kibibytes, perSecond] = process.argv
const most = Number(process.env.SESSIONS_MAX ?? Infinity)
const sessions = new Map()
let came = 0
console.log('ready')
setInterval(
  () => {
    const basket = Array.from({ length: (Number(kibibytes) * 1024) / 64 }, (_, item) => ({
      item,
      at: Date.now(),
    }))
    sessions.set(came++, basket)
    if (sessions.size > most) sessions.delete(sessions.keys().next().value)
  },
  1000 / Number(perSecond),
)
