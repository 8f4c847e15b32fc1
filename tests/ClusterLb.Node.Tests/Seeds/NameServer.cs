using System.Net;
using ARSoft.Tools.Net;
using ARSoft.Tools.Net.Dns;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Seeds;

/// <summary>A real name server on loopback, over UDP and TCP, whose records a test changes while it runs.</summary>
internal sealed class NameServer : IDisposable
{
    private readonly IServerTransport[] _transports;
    private readonly DnsServer _server;
    private readonly CancellationTokenSource _stop = new();
    private volatile DnsRecordBase[] _records = [];
    private volatile bool _isSilent;
    private int _addressQueries;

    private NameServer(int port)
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        _transports = [new UdpServerTransport(EndPoint), new TcpServerTransport(EndPoint)];
        _server = new DnsServer(_transports);
        _server.QueryReceived += (_, query) => AnswerAsync(query);
        _server.Start();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>For IPv4 addresses.</summary>
    public int AddressQueries => Volatile.Read(ref _addressQueries);

    /// <summary>It takes queries and says nothing.</summary>
    public bool IsSilent
    {
        get => _isSilent;
        set => _isSilent = value;
    }

    /// <summary>It answers that it cannot tell.</summary>
    public bool IsFailing { get; set; }

    /// <param name="records">All there are.</param>
    public static NameServer Start(params DnsRecordBase[] records) => new(FreePorts.Next()) { _records = records };

    public void Change(params DnsRecordBase[] records) => _records = records;

    public static ARecord Address(string name, string address, int timeToLive = 0) =>
        new(DomainName.Parse(name), timeToLive, IPAddress.Parse(address));

    public static AaaaRecord Address6(string name, string address) => new(DomainName.Parse(name), 0, IPAddress.Parse(address));

    public static SrvRecord Service(string name, string target, int port) =>
        new(DomainName.Parse(name), 0, 0, 0, (ushort)port, DomainName.Parse(target));

    public void Dispose()
    {
        _stop.Cancel();
        try
        {
            _server.Stop();
        }
        catch (AggregateException)
        {
            // It waits for tasks that it has cancelled, some of them before they began.
        }

        foreach (var transport in _transports) transport.Dispose();
        _stop.Dispose();
    }

    private async Task AnswerAsync(QueryReceivedEventArgs received)
    {
        var query = (DnsMessage)received.Query;
        if (query.Questions[0].RecordType == RecordType.A) Interlocked.Increment(ref _addressQueries);
        if (_isSilent) await Task.Delay(Timeout.Infinite, _stop.Token);
        var response = query.CreateResponseInstance();
        var ofName = _records.Where(record => record.Name.Equals(query.Questions[0].Name)).ToList();
        response.ReturnCode = IsFailing ? ReturnCode.ServerFailure : ofName.Count == 0 ? ReturnCode.NxDomain : ReturnCode.NoError;
        if (!IsFailing) response.AnswerRecords.AddRange(ofName.Where(record => record.RecordType == query.Questions[0].RecordType));
        received.Response = response;
    }
}
