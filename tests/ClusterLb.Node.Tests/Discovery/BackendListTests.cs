using System.Text.Json;
using ClusterLb.Core.Discovery;
using ClusterLb.Node.Discovery;

namespace ClusterLb.Node.Tests.Discovery;

public sealed class BackendListTests
{
    [Theory]
    [InlineData("""["10.0.0.1:80", "[::1]:81"]""", "10.0.0.1:80 [::1]:81")]
    [InlineData("""{"backends": [{"address": "10.0.0.1:80"}]}""", "10.0.0.1:80")]
    [InlineData(
        """[{"weight": 3, "address": "10.0.0.1:80", "priority": 2, "max-in-flight": 9}]""", "10.0.0.1:80 weight 3 priority 2 most 9")]
    public void A_list_is_of_addresses_or_blocks(string json, string expected) => Assert.Equal(expected, Read(json));

    [Theory]
    [InlineData("[]", "the list is empty")]
    [InlineData("7", "is no list")]
    [InlineData("[7]", "backend 0 of the list is neither an address nor a block")]
    [InlineData("""["10.0.0.1:80", "10.0.0.1"]""", "backend 1 of the list has \"10.0.0.1\" for an address; it must be")]
    [InlineData("""["app.example.org:80"]""", "it must be an IP address of one machine")]
    [InlineData("""["0.0.0.0:80"]""", "it must be an IP address of one machine")]
    [InlineData("""[{"weight": 2}]""", "has \"\" for an address")]
    [InlineData("""["010.0.0.1:80"]""", "it must be an IP address of one machine")]
    [InlineData("""[{"address": "10.0.0.1:80", "weight": 257}]""", "has 257 for weight; it must be a whole number from 0 to 256")]
    [InlineData("""[{"address": "10.0.0.1:80", "weight": "2"}]""", "has 2 for weight; it must be a whole number")]
    [InlineData("""[{"address": "10.0.0.1:80", "wieght": 2}]""", "has an unknown key wieght")]
    [InlineData("""["10.0.0.1:80", "10.0.0.1:80"]""", "has 10.0.0.1:80 twice")]
    public void One_that_is_wrong_anywhere_says_where_and_what_would_be_right(string json, string expected) =>
        Assert.Contains(expected, Read(json), StringComparison.Ordinal);

    private static string Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return BackendList.Read(document.RootElement) switch
        {
            FoundBackends found => string.Join(' ', found.Backends.Select(TextOf)),
            NobodyFound nobody => nobody.Reason,
            NoAnswer none => none.Reason,
            _ => throw new InvalidOperationException(),
        };
    }

    private static string TextOf(FoundBackend backend) => backend.Weight is { } weight
        ? $"{backend.Name} weight {weight} priority {backend.Priority} most {backend.MaxInFlight}"
        : backend.Name;
}
