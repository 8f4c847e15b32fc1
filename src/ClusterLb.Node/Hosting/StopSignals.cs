using System.Runtime.InteropServices;

namespace ClusterLb.Node.Hosting;

/// <summary>SIGTERM and Ctrl+C as tasks: the first asks the node to leave, the second to leave at once.</summary>
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
