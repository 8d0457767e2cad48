"""The desk's pages about membership: only rows of the branches in which this person holds the
verb; looking at somebody's data leaves a trace."""
