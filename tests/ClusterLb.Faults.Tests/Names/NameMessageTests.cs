using System.Net;
using ClusterLb.Faults.Names;

namespace ClusterLb.Faults.Tests.Names;

public sealed class NameMessageTests
{
    private static readonly byte[] s_question = [1, (byte)'b', 4, (byte)'T', (byte)'e', (byte)'s', (byte)'t', 0];

    [Fact]
    public void The_addresses_of_a_name_are_answered_in_whatever_case_it_is_asked()
    {
        var answer = Ask(1, name => name == "b.test" ? [IPAddress.Parse("127.0.0.1"), IPAddress.Parse("127.0.0.77")] : null)!;

        Assert.Equal((0, 2), (answer[3] & 0x0F, answer[7]));
        Assert.Equal([127, 0, 0, 77], answer[^4..]);
    }

    [Fact]
    public void Another_type_has_no_record_and_a_name_that_is_not_there_does_not_exist()
    {
        var other = Ask(28, _ => [IPAddress.Loopback])!;
        var missing = Ask(1, _ => null)!;

        Assert.Equal((0, 0), (other[3] & 0x0F, other[7]));
        Assert.Equal((3, 0), (missing[3] & 0x0F, missing[7]));
    }

    [Fact]
    public void What_is_no_query_is_not_answered()
    {
        Assert.Null(NameMessage.Answer(new byte[5], _ => []));
        Assert.Null(NameMessage.Answer([.. Header(), 40, 1, 2], _ => []));
    }

    private static byte[]? Ask(byte type, Func<string, IReadOnlyList<IPAddress>?> addressesOf) =>
        NameMessage.Answer([.. Header(), .. s_question, 0, type, 0, 1], addressesOf);

    private static byte[] Header() => [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
}
