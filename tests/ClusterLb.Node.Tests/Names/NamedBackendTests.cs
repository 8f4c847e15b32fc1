using System.Net;
using System.Text.Json;
using ClusterLb.Node.Tests.Hosting;
using ClusterLb.Node.Tests.Seeds;
using ClusterLb.Testing;

namespace ClusterLb.Node.Tests.Names;

/// <summary>A real node, a real name server whose answers change, and backends at whatever it says.</summary>
public sealed class NamedBackendTests : IDisposable
{
    private const string Name = "app.example.org";

    private readonly HttpClient _http = new();
    private readonly (int Web, int Admin, int Backend) _ports = (FreePorts.Next(), FreePorts.Next(), FreePorts.Next());

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task A_name_that_does_not_resolve_is_down_and_gets_requests_once_it_does()
    {
        await using var backend = At(IPAddress.Loopback);
        using var names = NameServer.Start();
        using var node = Run(names);
        await Eventually.Is(async () => await BackendAsync() is ("down", "name does not resolve: the name does not exist", _));
        Assert.Equal($"{Name}:{_ports.Backend}", (await BackendAsync()).Address);
        await Eventually.Is(async () => await GetAsync() == HttpStatusCode.ServiceUnavailable);

        names.Change(NameServer.Address(Name, "127.0.0.1"));

        await Eventually.Is(async () => await GetAsync() == HttpStatusCode.OK);
        await UpAsync();
        await Eventually.Is(() => node.Errors.Contains($"{Name} name is 127.0.0.1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_go_where_the_name_goes_and_none_is_lost()
    {
        await using var first = At(IPAddress.Loopback);
        await using var second = At(IPAddress.Parse("127.0.0.2"));
        using var names = NameServer.Start(NameServer.Address(Name, "127.0.0.1"));
        using var node = Run(names);
        await Eventually.Is(async () => await GetAsync() == HttpStatusCode.OK);

        names.Change(NameServer.Address(Name, "127.0.0.2"));
        await Eventually.Is(async () =>
        {
            Assert.Equal(HttpStatusCode.OK, await GetAsync());
            return (await BackendAsync()).Address == $"127.0.0.2:{_ports.Backend}" && !second.Requests.IsEmpty;
        });

        var before = first.Requests.Count;
        for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.OK, await GetAsync());
        Assert.Equal(before, first.Requests.Count);
    }

    [Fact]
    public async Task What_is_under_way_ends_where_it_began_while_new_work_goes_to_the_new_address()
    {
        var held = new TaskCompletionSource();
        await using var first = RawBackend.StartAt(new IPEndPoint(IPAddress.Loopback, _ports.Backend), request => Reply.Ok("first") with
        {
            After = request.Line.Contains("slow", StringComparison.Ordinal) ? held.Task : null,
        });
        await using var second = RawBackend.StartAt(new IPEndPoint(IPAddress.Parse("127.0.0.2"), _ports.Backend), _ => Reply.Ok("second"));
        using var names = NameServer.Start(NameServer.Address(Name, "127.0.0.1"));
        using var node = Run(names);
        await Eventually.Is(async () => await GetAsync() == HttpStatusCode.OK);
        var slow = _http.GetStringAsync(new Uri($"http://127.0.0.1:{_ports.Web}/slow"));
        await Eventually.Is(() => first.Requests.Any(request => request.Line.Contains("slow", StringComparison.Ordinal)));

        names.Change(NameServer.Address(Name, "127.0.0.2"));
        await Eventually.Is(async () => await GetAsync() == HttpStatusCode.OK && !second.Requests.IsEmpty);

        Assert.False(slow.IsCompleted);
        held.SetResult();
        Assert.Equal("first", await slow);
    }

    [Fact]
    public async Task A_name_that_leads_back_to_its_listener_is_told()
    {
        using var names = NameServer.Start(NameServer.Address(Name, "127.0.0.1"));
        using var node = NodeProcess.Run([.. Settings(names), "--set", $"pools.app.backends.b1.address={Name}:{_ports.Web}"]);

        await Eventually.Is(() => node.Errors.Contains(
            $"pools.app.backends.b1.address \"{Name}:{_ports.Web}\" is listener web itself", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_no_error_to_check()
    {
        using var names = NameServer.Start();
        using var check = NodeProcess.Start(["check", .. Settings(names)]);

        Assert.Equal(0, await check.ExitCodeAsync());
        Assert.Contains("configuration ok", check.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_server_that_fails_takes_nobody_away()
    {
        await using var backend = At(IPAddress.Loopback);
        using var names = NameServer.Start(NameServer.Address(Name, "127.0.0.1"));
        using var node = Run(names);
        await Eventually.Is(async () => await GetAsync() == HttpStatusCode.OK);
        await UpAsync();

        names.IsFailing = true;
        await Eventually.Is(() => node.Errors.Contains("its addresses are 127.0.0.1", StringComparison.Ordinal));

        Assert.Equal(HttpStatusCode.OK, await GetAsync());
        Assert.Equal("up", (await BackendAsync()).State);
    }

    [Fact]
    public async Task A_name_may_have_an_IPv6_address_alone()
    {
        await using var backend = At(IPAddress.IPv6Loopback);
        using var names = NameServer.Start(NameServer.Address6(Name, "::1"));
        using var node = Run(names);

        await Eventually.Is(async () => await GetAsync() == HttpStatusCode.OK);
        await UpAsync();
        Assert.Equal($"[::1]:{_ports.Backend}", (await BackendAsync()).Address);
    }

    [Fact]
    public async Task Where_one_address_refuses_the_other_is_used()
    {
        await using var backend = At(IPAddress.IPv6Loopback);
        using var names = NameServer.Start(NameServer.Address(Name, "127.0.0.1"), NameServer.Address6(Name, "::1"));
        using var node = Run(names);

        await Eventually.Is(async () => await GetAsync() == HttpStatusCode.OK);
        for (var i = 0; i < 20; i++) Assert.Equal(HttpStatusCode.OK, await GetAsync());
        await UpAsync();
    }

    private RawBackend At(IPAddress address) => RawBackend.StartAt(new IPEndPoint(address, _ports.Backend));

    private NodeProcess Run(NameServer names) => NodeProcess.Run(Settings(names));

    private string[] Settings(NameServer names) =>
    [
        .. NodeProcess.Settings(_ports.Web, _ports.Admin), "--set", $"pools.app.backends.b1.address={Name}:{_ports.Backend}", "--set",
        $"cluster.name-servers=[\"{names.EndPoint}\"]",
    ];

    /// <summary>It gets requests before its first check has answered.</summary>
    private Task UpAsync() => Eventually.Is(async () => (await BackendAsync()).State == "up");

    /// <returns>Null when the node does not listen yet.</returns>
    private async Task<HttpStatusCode?> GetAsync()
    {
        try
        {
            using var response = await _http.GetAsync(new Uri($"http://127.0.0.1:{_ports.Web}/"));
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    private async Task<(string State, string Reason, string Address)> BackendAsync()
    {
        try
        {
            using var pool = JsonDocument.Parse(await _http.GetStringAsync(new Uri($"http://127.0.0.1:{_ports.Admin}/api/v1/pools/app")));
            var backend = pool.RootElement.GetProperty("backends")[0];
            return (backend.GetProperty("state").GetString()!, backend.GetProperty("reason").GetString()!,
                backend.GetProperty("address").GetString()!);
        }
        catch (HttpRequestException)
        {
            return ("", "", "");
        }
    }
}
