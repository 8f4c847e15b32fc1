namespace ClusterLb.Node.Discovery;

/// <summary>
/// Notices once when a file is written, replaced or removed, or a symbolic link on the way to it leads elsewhere: by the folders in which
/// it and those links are, as a file that is replaced is another one. Any thread.
/// </summary>
internal sealed class FileWatch : IDisposable
{
    /// <summary>As Linux has it; more go round.</summary>
    private const int MostLinks = 40;

    private readonly List<FileSystemWatcher> _watchers = [];
    private readonly TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="path">It need not be there. Where its folder cannot be watched, nothing is noticed.</param>
    public FileWatch(string path)
    {
        foreach (var folder in StepsTo(Path.GetFullPath(path)).GroupBy(step => step.Folder, step => step.Entry))
        {
            try
            {
                _watchers.Add(Watch(folder.Key, [.. folder]));
            }
            catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
            {
                // It is not there, or the machine has no more watches: then the file is read from time to time.
            }
        }
    }

    /// <summary>Completes when it has noticed something.</summary>
    public Task Changed => _changed.Task;

    public void Dispose()
    {
        foreach (var watcher in _watchers) watcher.Dispose();
    }

    /// <summary>Every entry of a folder that says where the path leads: its symbolic links, and what it ends at.</summary>
    internal static IReadOnlyList<(string Folder, string Entry)> StepsTo(string path)
    {
        var steps = new List<(string Folder, string Entry)>();
        var left = new Stack<string>(path.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse());
        var folder = "/";
        for (var links = 0; left.TryPop(out var entry) && links < MostLinks;)
        {
            if (entry is "." or "..")
            {
                folder = entry == "." ? folder : Path.GetDirectoryName(folder) ?? "/";
                continue;
            }

            var target = new FileInfo(Path.Combine(folder, entry)).LinkTarget;
            if (target is not null || left.Count == 0) steps.Add((folder, entry));
            if (target is null)
            {
                folder = Path.Combine(folder, entry);
                continue;
            }

            links++;
            if (target.StartsWith('/')) folder = "/";
            foreach (var part in target.Split('/', StringSplitOptions.RemoveEmptyEntries).Reverse()) left.Push(part);
        }

        return steps;
    }

    private FileSystemWatcher Watch(string folder, HashSet<string> entries)
    {
        var watcher = new FileSystemWatcher(folder)
        {
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size
                | NotifyFilters.CreationTime | NotifyFilters.Attributes,
        };
        watcher.Created += (_, change) => Note(change.Name);
        watcher.Changed += (_, change) => Note(change.Name);
        watcher.Deleted += (_, change) => Note(change.Name);
        watcher.Renamed += (_, change) =>
        {
            Note(change.Name);
            Note(change.OldName);
        };
        // Something was missed, or the folder is gone.
        watcher.Error += (_, _) => _changed.TrySetResult();
        watcher.EnableRaisingEvents = true;
        return watcher;

        void Note(string? entry)
        {
            if (entry is not null && entries.Contains(entry)) _changed.TrySetResult();
        }
    }
}
