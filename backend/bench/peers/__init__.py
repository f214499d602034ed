"""What we are compared with: the usual ways to do the same thing, each as well set up as its own documents advise."""
