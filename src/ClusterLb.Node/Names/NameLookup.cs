using System.Net;
using System.Net.Sockets;
using ClusterLb.ControlPlane.Names;
using DnsClient;
using DnsClient.Protocol;

namespace ClusterLb.Node.Names;

/// <summary>
/// Looks names of backends up: at the name servers that are configured, which say how long an answer holds; without any as this machine
/// does, by its hosts file too, which does not say it.
/// </summary>
/// <param name="nameServers">Empty: those of this machine.</param>
internal sealed class NameLookup(IReadOnlyList<IPEndPoint> nameServers) : INameResolver
{
    /// <summary>Of one try with one name server.</summary>
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(1);

    /// <summary>With all tries and all name servers.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly Lazy<LookupClient> _dns = new(() => Create(nameServers), LazyThreadSafetyMode.PublicationOnly);

    public async Task<NameAnswer> ResolveAsync(string name, CancellationToken stopping)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(s_patience);
        try
        {
            return nameServers.Count == 0 ? await AskMachineAsync(name, patience.Token) : await AskServersAsync(name, patience.Token);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return NameAnswer.Failed(failure.SocketErrorCode == SocketError.NoData ? "it has no address" : "the name does not exist");
        }
        catch (Exception failure) when (
            failure is OperationCanceledException or SocketException or IOException or DnsResponseException or DnsXidMismatchException
            or DnsResponseParseException)
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
        return addresses.Length > 0 ? new NameAnswer(addresses, null, "") : NameAnswer.Failed("it has no address");
    }

    private async Task<NameAnswer> AskServersAsync(string name, CancellationToken patience)
    {
        var answers = await Task.WhenAll(new[] { QueryType.A, QueryType.AAAA }
            .Select(type => _dns.Value.QueryAsync(name, type, cancellationToken: patience)));
        // With one family missing, the other would look like all there is.
        if (answers.FirstOrDefault(answer =>
            answer.Header.ResponseCode is not (DnsHeaderResponseCode.NoError or DnsHeaderResponseCode.NotExistentDomain)) is { } failed)
        {
            return NameAnswer.Failed($"a name server answers {failed.Header.ResponseCode}");
        }

        var records = answers.SelectMany(answer => answer.Answers.OfType<AddressRecord>()).ToList();
        if (records.Count > 0)
        {
            // Of a CNAME on the way, too.
            var timeToLive = answers.SelectMany(answer => answer.Answers).Min(record => record.InitialTimeToLive);
            return new NameAnswer([.. records.Select(record => record.Address)], TimeSpan.FromSeconds(timeToLive), "");
        }

        return NameAnswer.Failed(answers.All(answer => answer.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
            ? "the name does not exist"
            : "it has no address");
    }

    private static LookupClient Create(IReadOnlyList<IPEndPoint> nameServers) => new(new LookupClientOptions([.. nameServers])
    {
        Timeout = s_timeout,
        Retries = 1,
        ThrowDnsErrors = false,
        // That there is no record of a kind is an answer, and how long answers hold is somebody else's to say.
        ContinueOnEmptyResponse = false,
        UseCache = false,
    });
}
