using System.Collections.Concurrent;
using System.Diagnostics;

namespace ClusterLb.Faults.Processes;

/// <summary>
/// Starts processes that end with this one, however it ends, stopped ones too (PR_SET_PDEATHSIG of prctl(2), by setpriv of util-linux).
/// That signal is sent when the thread that started a process ends, and threads of the pool do: so one thread starts them all, and stays.
/// </summary>
internal static class Launcher
{
    private static readonly BlockingCollection<Action> s_starts = StartThread();

    /// <exception cref="System.ComponentModel.Win32Exception">setpriv is missing.</exception>
    public static Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        s_starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (System.ComponentModel.Win32Exception failure)
            {
                started.SetException(failure);
            }
        });
        return started.Task;
    }

    private static BlockingCollection<Action> StartThread()
    {
        var starts = new BlockingCollection<Action>();
        new Thread(() =>
        {
            foreach (var start in starts.GetConsumingEnumerable()) start();
        })
        { IsBackground = true, Name = "launcher" }.Start();
        return starts;
    }
}
