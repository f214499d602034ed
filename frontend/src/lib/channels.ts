// The six channels as people name and recognise them: a word, and a shape that holds without colour.

export type Channel = 'web' | 'slack' | 'gmail' | 'whatsapp' | 'telegram' | 'sms'
export type Shape = 'circle' | 'square' | 'diamond' | 'drop' | 'triangle' | 'capsule'

export const CHANNELS: Readonly<Record<Channel, { name: string; shape: Shape }>> = {
  web: { name: 'Web', shape: 'circle' },
  slack: { name: 'Slack', shape: 'square' },
  gmail: { name: 'Gmail', shape: 'diamond' },
  whatsapp: { name: 'WhatsApp', shape: 'drop' },
  telegram: { name: 'Telegram', shape: 'triangle' },
  sms: { name: 'SMS', shape: 'capsule' },
}

/** The name a channel is shown under. */
export function channelName(channel: Channel): string {
  return CHANNELS[channel].name
}
