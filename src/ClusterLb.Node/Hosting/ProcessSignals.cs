using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ClusterLb.Node.Hosting;

/// <summary>
/// What signals ask of the process. SIGTERM and Ctrl+C ask it to leave, a second time to leave at once, which it then does whatever hangs.
/// A node listens to more (<see cref="OfNode"/>). Somebody in the process may ask too. Any thread.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    // By the numbers of Linux: the runtime has names for few.
    private const int SIGHUP = 1;
    private const int SIGQUIT = 3;
    private const int SIGUSR1 = 10;
    private const int SIGUSR2 = 12;
    private const int SIGTERM = 15;

    /// <summary>
    /// SIGALRM, SIGSTKFLT, SIGVTALRM, SIGPROF, SIGIO, SIGPWR: they would end the process, and their names do not say so.
    /// </summary>
    private static readonly int[] s_meaningless = [14, 16, 26, 27, 29, 30];

    /// <summary>What was asked to end at once has so long.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hurry = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _isAskedTwice;

    private ProcessSignals()
    {
    }

    /// <summary>The process is to leave.</summary>
    public Task First => _first.Task;

    /// <summary>It need not wait for those who send clients here to notice.</summary>
    public Task Hurry => _hurry.Task;

    /// <summary>It is to leave at once.</summary>
    public Task Second => _second.Task;

    /// <summary>Log files are to be opened anew, for they were renamed. Raised on a thread of the pool.</summary>
    public event Action? LogsRenamed;

    /// <summary>The configuration is to be read again. Raised on a thread of the pool, after <see cref="LogsRenamed"/>.</summary>
    public event Action? ReloadAsked;

    /// <summary>The program that is installed now is to take this process's place. Raised on a thread of the pool.</summary>
    public event Action? UpgradeAsked;

    /// <summary>SIGTERM and Ctrl+C; all others do what they do by default.</summary>
    public static ProcessSignals OfStop()
    {
        var signals = new ProcessSignals();
        signals.On(PosixSignal.SIGTERM, signals.Stop);
        signals.On(PosixSignal.SIGINT, signals.Stop);
        return signals;
    }

    /// <summary>
    /// As operators are used to. SIGQUIT: leave without <c>drain-delay</c>. SIGHUP: read the configuration again, and open log files anew.
    /// SIGUSR1: open log files anew. SIGUSR2: have the program that is installed now take over. What ends a process by default without
    /// saying so in its name does nothing.
    /// </summary>
    public static ProcessSignals OfNode()
    {
        // SIGINT stays as a shell wants it that started a node in the background: Ctrl+C is meant for the foreground.
        InheritedSignals.Restore(SIGHUP, SIGQUIT, SIGUSR1, SIGTERM);
        var signals = OfStop();
        signals.On(PosixSignal.SIGQUIT, signals.StopSoon);
        signals.On(PosixSignal.SIGHUP, signals.AskToReload);
        if (!OperatingSystem.IsLinux()) return signals;
        signals.On((PosixSignal)SIGUSR1, signals.TellRenamed);
        signals.On((PosixSignal)SIGUSR2, signals.AskToUpgrade);
        foreach (var signal in s_meaningless) signals.On((PosixSignal)signal, static () => { });
        return signals;
    }

    /// <summary>As the first SIGTERM does; again it changes nothing.</summary>
    public void AskToLeave() => _first.TrySetResult();

    /// <summary>As the second SIGTERM does.</summary>
    public void AskToLeaveAtOnce()
    {
        AskToLeave();
        _hurry.TrySetResult();
        _second.TrySetResult();
        if (Interlocked.Exchange(ref _isAskedTwice, 1) == 0) new Thread(EndWhateverHangs) { IsBackground = true, Name = "end" }.Start();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }

    private void Stop()
    {
        if (!_first.TrySetResult()) AskToLeaveAtOnce();
    }

    private void StopSoon()
    {
        if (!_hurry.TrySetResult()) AskToLeaveAtOnce();
        AskToLeave();
    }

    private void TellRenamed() => LogsRenamed?.Invoke();

    private void AskToUpgrade() => UpgradeAsked?.Invoke();

    private void AskToReload()
    {
        TellRenamed();
        ReloadAsked?.Invoke();
    }

    private void On(PosixSignal signal, Action act) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        // The runtime would end the process on its own otherwise.
        context.Cancel = true;
        act();
    }));

    private static void EndWhateverHangs()
    {
        using var patience = new ManualResetEventSlim();
        patience.Wait(s_patience);
        // A disk, a pipe or a lock that never comes back would hold up any end that is in order.
        Process.GetCurrentProcess().Kill();
    }
}
