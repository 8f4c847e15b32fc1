using System.Runtime.InteropServices;

namespace ClusterLb.Node.Hosting;

/// <summary>
/// SIGTERM and Ctrl+C as tasks: the first asks the process to leave, the second to leave at once. Somebody in the process may ask too.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _second = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration _term;
    private readonly PosixSignalRegistration _interrupt;

    public StopSignals()
    {
        _term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
    }

    public Task First => _first.Task;

    public Task Second => _second.Task;

    /// <summary>As the first signal does; again it changes nothing.</summary>
    public void AskToLeave() => _first.TrySetResult();

    /// <summary>As the second signal does.</summary>
    public void AskToLeaveAtOnce()
    {
        AskToLeave();
        _second.TrySetResult();
    }

    public void Dispose()
    {
        _term.Dispose();
        _interrupt.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        // The runtime would end the process on its own otherwise.
        context.Cancel = true;
        if (!_first.TrySetResult()) _second.TrySetResult();
    }
}
