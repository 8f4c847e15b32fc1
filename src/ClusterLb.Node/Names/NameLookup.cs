using System.Net.Sockets;
using ClusterLb.ControlPlane.Names;
using DnsClient;
using DnsClient.Protocol;

namespace ClusterLb.Node.Names;

/// <summary>
/// Looks names of backends up: at the name servers that are configured, which say how long an answer holds; without any as this machine
/// does, by its hosts file too, which does not say it.
/// </summary>
/// <param name="queries">To name servers.</param>
internal sealed class NameLookup(NameQueries queries) : INameResolver
{
    /// <summary>With all tries and all name servers.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    public async Task<NameAnswer> ResolveAsync(string name, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(s_patience);
        try
        {
            return queries.HasServers ? await AskServersAsync(name, patience.Token) : await AskMachineAsync(name, patience.Token);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return NameAnswer.Nobody(failure.SocketErrorCode == SocketError.NoData ? "it has no address" : "the name does not exist");
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            return NameAnswer.Failed("no name server answers");
        }
        catch (Exception failure) when (failure is InvalidOperationException or ArgumentException)
        {
            return NameAnswer.Failed(failure.Message.ReplaceLineEndings(" "));
        }
    }

    private static async Task<NameAnswer> AskMachineAsync(string name, CancellationToken patience)
    {
        var addresses = await System.Net.Dns.GetHostAddressesAsync(name, patience);
        return addresses.Length > 0 ? new NameAnswer(addresses, null, "") : NameAnswer.Nobody("it has no address");
    }

    private async Task<NameAnswer> AskServersAsync(string name, CancellationToken patience)
    {
        var answers = await Task.WhenAll(new[] { QueryType.A, QueryType.AAAA }.Select(type => queries.AskAsync(name, type, patience)));
        // With one family missing, the other would look like all there is.
        if (answers.FirstOrDefault(answer => answer is { Records.Count: 0, IsNobody: false }) is { } failed)
            return NameAnswer.Failed(failed.Problem);
        var named = answers.Where(answer => answer.Records.Count > 0).ToList();
        if (named.Count > 0)
        {
            return new NameAnswer(
                [.. named.SelectMany(answer => answer.Records).OfType<AddressRecord>().Select(record => record.Address)],
                named.Min(answer => answer.TimeToLive), "");
        }

        return NameAnswer.Nobody(
            answers.Any(answer => answer.Problem == NameRecords.NoSuchRecord) ? "it has no address" : answers[0].Problem);
    }
}
