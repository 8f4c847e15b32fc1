using System.Globalization;
using System.Net.Sockets;

namespace ClusterLb.Node.Takeover;

/// <summary>
/// The running node's part of a takeover. Until the new process serves nothing changes here, so whatever becomes of that one, this one goes
/// on; after that it can go back as long as the other has not settled, and is gone (decision 0053).
/// </summary>
/// <param name="patience">For the new one to get ready, and again for it to settle.</param>
internal sealed class Handover(IPredecessor node, TakeoverChannel channel, TimeSpan patience, TimeProvider time)
{
    private static readonly TimeSpan s_greeting = TimeSpan.FromSeconds(5);

    /// <summary>A cluster that takes longer to let it go is left by the end of this process's part in it.</summary>
    private static readonly TimeSpan s_farewell = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan s_round = TimeSpan.FromMilliseconds(50);

    /// <summary>True when the other process is the node.</summary>
    /// <param name="leaving">This node is asked to leave; heard until the other one is told to serve.</param>
    public async Task<bool> RunAsync(CancellationToken leaving)
    {
        IReadOnlyList<HandedSocket> copies = [];
        try
        {
            var hello = await GreetAsync(leaving);
            using var enough = new CancellationTokenSource(patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(leaving, enough.Token);
            node.Announce($"a process of version {hello.Version} begins to take its place");
            copies = await node.CopySocketsAsync();
            await channel.SendAsync(copies, either.Token);
            await TellAsync(either.Token);
            copies = Kept(copies, await ReceiveAsync<Ready>(either.Token));
            // What has changed while it got ready.
            await TellAsync(either.Token);
        }
        catch (Exception failure) when (failure is TakeoverException or SocketException or OperationCanceledException)
        {
            var why = failure is OperationCanceledException ? WhyLate("got ready", leaving) : failure.Message;
            await RefuseAsync(why);
            Stay(copies, why);
            return false;
        }

        return await GiveAsync(copies);
    }

    /// <summary>After that: what this process has in flight counts as the node's until it ends.</summary>
    /// <param name="ended">Its last client has left.</param>
    public async Task TellLastAsync(CancellationToken ended)
    {
        while (true)
        {
            var isOver = ended.IsCancellationRequested;
            using var moment = new CancellationTokenSource(s_greeting, time);
            try
            {
                foreach (var part in node.ReadLastWords()) await channel.SendAsync(part, moment.Token);
            }
            catch (OperationCanceledException)
            {
                // The other one hangs, and is the node: nobody else can be told.
                return;
            }

            if (isOver) return;
            await Task.Delay(s_round, time, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Who comes and says nothing keeps nobody else waiting for long.</summary>
    private async Task<Hello> GreetAsync(CancellationToken leaving)
    {
        using var moment = new CancellationTokenSource(s_greeting, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(leaving, moment.Token);
        var hello = await ReceiveAsync<Hello>(either.Token);
        return WhyNot(hello) is { } refusal ? throw new TakeoverException(refusal) : hello;
    }

    /// <summary>From here on the other one may serve. So if it is late it is ended first: two processes are never the node.</summary>
    /// <param name="copies">Of the sockets that it uses.</param>
    private async Task<bool> GiveAsync(IReadOnlyList<HandedSocket> copies)
    {
        var (step, hasSteppedBack) = ("begun to serve", false);
        try
        {
            using (var enough = new CancellationTokenSource(patience, time))
            {
                await channel.SendAsync(new Serve(), enough.Token);
                await ReceiveAsync<Serving>(enough.Token);
            }

            (step, hasSteppedBack) = ("settled", true);
            await node.StepBackAsync(copies);
            await node.LeaveClusterAsync().WaitAsync(s_farewell, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            using var more = new CancellationTokenSource(patience, time);
            await TellAsync(more.Token);
            await channel.SendAsync(new Left(), more.Token);
            await ReceiveAsync<Settled>(more.Token);
        }
        catch (Exception failure) when (failure is TakeoverException or OperationCanceledException)
        {
            var isLate = failure is OperationCanceledException;
            if (isLate) await channel.Peer.EndAsync();
            var why = isLate ? WhyLate(step, CancellationToken.None) + ", and was ended" : failure.Message;
            if (hasSteppedBack) await ReturnAsync(copies, why);
            else Stay(copies, why);
            return false;
        }

        foreach (var copy in copies) copy.Socket.Dispose();
        node.Announce(string.Create(CultureInfo.InvariantCulture, $"has given its place to process {channel.Peer.Process}"));
        node.Succeed(channel.Peer.Process);
        return true;
    }

    private void Stay(IReadOnlyList<HandedSocket> copies, string why)
    {
        foreach (var copy in copies) copy.Socket.Dispose();
        node.Stay();
        node.Announce($"stays: {why}");
    }

    private async Task ReturnAsync(IReadOnlyList<HandedSocket> copies, string why)
    {
        await node.ReturnAsync(copies);
        node.Announce($"is back: {why}");
    }

    private string? WhyNot(Hello hello) => hello.Node != node.Name
        ? $"this is node {node.Name}, and the new process is to be {hello.Node}: node.name must stay"
        : node.Refusal;

    private string WhyLate(string what, CancellationToken leaving) => leaving.IsCancellationRequested
        ? "the running node was asked to leave"
        : string.Create(CultureInfo.InvariantCulture, $"the new process has not {what} in {patience.TotalSeconds:0} s");

    /// <summary>Those that the other uses; who waits at one that it does not use is served here, by whoever closes it last.</summary>
    private static List<HandedSocket> Kept(IReadOnlyList<HandedSocket> copies, Ready ready)
    {
        var kept = ready.Kept.Where(i => i >= 0 && i < copies.Count).Select(i => copies[i]).ToList();
        foreach (var copy in copies.Except(kept)) copy.Socket.Dispose();
        return kept;
    }

    private async Task TellAsync(CancellationToken cancellation)
    {
        foreach (var part in node.ReadKnowledge()) await channel.SendAsync(part, cancellation);
        await channel.SendAsync(new Told(), cancellation);
    }

    private async Task<T> ReceiveAsync<T>(CancellationToken cancellation)
        where T : TakeoverMessage =>
        await channel.ReceiveAsync<T>(cancellation) ?? throw new TakeoverException("the new process has ended");

    private async Task RefuseAsync(string why)
    {
        using var moment = new CancellationTokenSource(TimeSpan.FromSeconds(1), time);
        try
        {
            await channel.SendAsync(new Refusal(why), moment.Token);
        }
        catch (OperationCanceledException)
        {
            // It does not read, and must not find itself alone with the sockets later.
            await channel.Peer.EndAsync();
        }
    }
}
