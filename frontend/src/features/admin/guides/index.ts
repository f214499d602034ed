/** Which guide belongs to an account. Slack's is drawn by `set-up.tsx`, because of its manifest. */

import type { AccountShown } from '@/api/shapes'
import { gmail } from './gmail'
import type { Guide } from './guide'
import { meta } from './meta'
import { telegram } from './telegram'
import { sms, whatsappByTwilio } from './twilio'

const GUIDES: Readonly<Record<string, Guide>> = {
  'gmail/gmail': gmail,
  'whatsapp/meta': meta,
  'whatsapp/twilio': whatsappByTwilio,
  'sms/twilio': sms,
  'telegram/telegram': telegram,
}

export function guideOf({ channel, provider }: Pick<AccountShown, 'channel' | 'provider'>): Guide | undefined {
  return GUIDES[`${channel}/${provider}`]
}

export type { Guide }
