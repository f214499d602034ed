// `/` and `/c/:id`: one frame that stays while conversations come and go in it.
import { useParams } from 'react-router'
import { Shell } from '@/app/shell'
import { Conversation } from './conversation'
import { Home } from './home'

export default function Chat() {
  const { id } = useParams()
  return <Shell>{id === undefined ? <Home /> : <Conversation id={id} />}</Shell>
}
