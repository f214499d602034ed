import { createBrowserRouter, Navigate } from 'react-router'
import { MY_CHANNELS } from './places'
import { SignedIn } from './signed-in'

/** Each screen is fetched when it is first wanted. */
export const router = createBrowserRouter([
  {
    path: '/login',
    HydrateFallback: Blank,
    lazy: async () => ({ Component: (await import('./routes/login')).default }),
  },
  {
    Component: SignedIn,
    HydrateFallback: Blank,
    children: [
      { index: true, lazy: chat },
      { path: 'c/:id', lazy: chat },
      { path: 'lab', lazy: async () => ({ Component: (await import('./routes/lab')).default }) },
      { path: 'me', element: <Navigate replace to={MY_CHANNELS} /> },
      {
        path: 'me/channels',
        lazy: async () => ({ Component: (await import('./routes/my-channels')).default }),
      },
      { path: 'failed', lazy: async () => ({ Component: (await import('./routes/failed')).default }) },
      { path: 'admin', element: <Navigate replace to="/admin/channels" /> },
      {
        path: 'admin/channels',
        lazy: async () => ({ Component: (await import('./routes/admin-channels')).default }),
      },
    ],
  },
  {
    path: '*',
    HydrateFallback: Blank,
    lazy: async () => ({ Component: (await import('./routes/not-found')).default }),
  },
])

async function chat() {
  return { Component: (await import('./routes/chat')).default }
}

/** Nothing, while the first screen is on its way: a flash of a skeleton would be longer than the wait. */
function Blank() {
  return null
}
