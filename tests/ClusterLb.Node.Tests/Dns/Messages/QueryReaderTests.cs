using System.Text;
using ClusterLb.Node.Dns.Messages;
using CsCheck;

namespace ClusterLb.Node.Tests.Dns.Messages;

public class QueryReaderTests
{
    private static readonly byte[] s_client = [1, 2, 3, 4, 5, 6, 7, 8];

    [Fact]
    public void A_query_is_read_with_its_name_as_it_was_written()
    {
        var message = QueryBytes.Of("wWw.Example.ORG", RecordType.AAAA, tail: QueryBytes.Edns(4096, flags: 0x8000));

        Assert.Equal(Reading.Query, QueryReader.Read(message, out var query));

        Assert.Equal((0x1234, RecordType.AAAA, 1, 0x0100), (query.Id, query.Type, query.Class, query.RepeatedFlags));
        Assert.Equal((true, 4096, true, 0), (query.HasEdns, query.MostUdpBytes, query.WantsDnssec, query.EdnsVersion));
        Assert.Equal("\u0003wWw\u0007Example\u0003ORG\0", Encoding.Latin1.GetString(message[query.Name]));
        Assert.Empty(message[query.Cookie]);
    }

    [Fact]
    public void Without_EDNS_512_bytes_are_taken_and_EDNS_never_says_less()
    {
        QueryReader.Read(QueryBytes.Of("a.b", RecordType.A), out var plain);
        QueryReader.Read(QueryBytes.Of("a.b", RecordType.A, tail: QueryBytes.Edns(100)), out var small);

        Assert.Equal((512, 512), (plain.MostUdpBytes, small.MostUdpBytes));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(40)]
    public void A_cookie_of_a_legal_length_is_found(int length)
    {
        var cookie = Enumerable.Range(1, length).Select(i => (byte)i).ToArray();
        var message = QueryBytes.Of("a.b", RecordType.A,
            tail: QueryBytes.Edns(options: [.. QueryBytes.Option(12, 0, 0), .. QueryBytes.Cookie(cookie)]));

        Assert.Equal(Reading.Query, QueryReader.Read(message, out var query));
        Assert.Equal(cookie, message[query.Cookie]);
    }

    [Fact]
    public void A_cookie_may_be_all_that_is_asked_for()
    {
        byte[] alone = [.. QueryBytes.Header(0, questions: 0, additionals: 1), .. QueryBytes.Edns(options: QueryBytes.Cookie(s_client))];

        Assert.Equal(Reading.Query, QueryReader.Read(alone, out var query));
        Assert.Equal(0, query.NameLength);
        Assert.Equal(Reading.Malformed, QueryReader.Read(QueryBytes.Header(0, questions: 0), out _));
    }

    [Fact]
    public void What_is_no_query_is_nonsense_and_what_is_another_kind_of_it_not_implemented()
    {
        Assert.Equal(Reading.Nonsense, QueryReader.Read([], out _));
        Assert.Equal(Reading.Nonsense, QueryReader.Read(new byte[11], out _));
        Assert.Equal(Reading.Nonsense, QueryReader.Read(QueryBytes.Of("a.b", RecordType.A, flags: 0x8000), out _));
        // NOTIFY and UPDATE.
        Assert.Equal(Reading.NotImplemented, QueryReader.Read(QueryBytes.Of("a.b", RecordType.SOA, flags: 4 << 11), out var notify));
        Assert.Equal(4, notify.Opcode);
        Assert.Equal(Reading.NotImplemented, QueryReader.Read(QueryBytes.Of("a.b", RecordType.SOA, flags: 5 << 11), out _));
    }

    public static TheoryData<string, byte[]> Malformed { get; } = new()
    {
        { "two questions", [.. QueryBytes.Header(0, 2), .. QueryBytes.Name("a"), 0, 1, 0, 1, .. QueryBytes.Name("a"), 0, 1, 0, 1] },
        { "a question that is not there", QueryBytes.Header(0, 1) },
        { "an answer", [.. QueryBytes.Header(0, 1, answers: 1), .. QueryBytes.Name("a"), 0, 1, 0, 1] },
        { "a byte too many", [.. QueryBytes.Of("a.b", RecordType.A), 0] },
        { "a label of 64", [.. QueryBytes.Header(0, 1), 64, .. new byte[64], 0, 0, 1, 0, 1] },
        { "a name of 256", QueryBytes.Of(string.Join('.', Enumerable.Repeat("1234567", 31)) + ".1234567", RecordType.A) },
        { "a pointer to itself", [.. QueryBytes.Header(0, 1), 0xC0, 12, 0, 1, 0, 1] },
        { "a pointer to the header", [.. QueryBytes.Header(0, 1), 0xC0, 0, 0, 1, 0, 1] },
        { "a pointer after a label", [.. QueryBytes.Header(0, 1), 1, (byte)'a', 0xC0, 12, 0, 1, 0, 1] },
        { "a question for EDNS", QueryBytes.Of("a.b", RecordType.OPT) },
        { "EDNS twice", [.. QueryBytes.Header(0, 1, additionals: 2), .. QueryBytes.Name("a"), 0, 1, 0, 1, .. QueryBytes.Edns(),
            .. QueryBytes.Edns()] },
        { "EDNS with a name", QueryBytes.Of("a.b", RecordType.A, tail: [1, (byte)'x', .. QueryBytes.Edns()]) },
        { "an option longer than all", QueryBytes.Of("a.b", RecordType.A, tail: QueryBytes.Edns(options: [0, 10, 0, 9, 1])) },
        { "half an option", QueryBytes.Of("a.b", RecordType.A, tail: QueryBytes.Edns(options: [0, 10, 0])) },
        { "a cookie of 7", QueryBytes.Of("a.b", RecordType.A, tail: QueryBytes.Edns(options: QueryBytes.Cookie(new byte[7]))) },
        { "a cookie of 15", QueryBytes.Of("a.b", RecordType.A, tail: QueryBytes.Edns(options: QueryBytes.Cookie(new byte[15]))) },
        { "a cookie of 41", QueryBytes.Of("a.b", RecordType.A, tail: QueryBytes.Edns(options: QueryBytes.Cookie(new byte[41]))) },
        { "two cookies", QueryBytes.Of("a.b", RecordType.A,
            tail: QueryBytes.Edns(options: [.. QueryBytes.Cookie(s_client), .. QueryBytes.Cookie(s_client)])) },
        { "an authority", [.. QueryBytes.Header(0, 1, authorities: 1), .. QueryBytes.Name("a"), 0, 1, 0, 1, 0xC0, 12, 0, 6, 0, 1, 0, 0, 0,
            0, 0, 0] },
        { "a pointer forwards", [.. QueryBytes.Header(0, 1, additionals: 1), .. QueryBytes.Name("a"), 0, 1, 0, 1, 0xC0, 200, 0, 1, 0, 1, 0,
            0, 0, 0, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public void What_makes_no_sense_is_malformed_and_its_header_is_known(string what, byte[] message)
    {
        Assert.True(QueryReader.Read(message, out var query) == Reading.Malformed, what);
        Assert.Equal((0x1234, 0, 12..12), (query.Id, query.NameLength, query.Question));
    }

    [Fact]
    public void A_secondary_says_what_it_has_and_whoever_signs_is_read_past()
    {
        byte[] soa = [0xC0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0, .. new byte[20]];
        byte[] ixfr = [.. QueryBytes.Header(0, 1, authorities: 1), .. QueryBytes.Name("a.b"), 0, 251, 0, 1, .. soa];
        byte[] tsig = [0xC0, 12, 0, 250, 0, 255, 0, 0, 0, 0, 0, 3, 1, 2, 3];

        Assert.Equal(Reading.Query, QueryReader.Read(ixfr, out _));
        Assert.Equal(Reading.Query, QueryReader.Read(QueryBytes.Of("a.b", RecordType.A, tail: tsig), out _));
    }

    [Fact]
    public void No_part_of_a_query_is_a_query()
    {
        var whole = QueryBytes.Of("www.example.org", RecordType.A, tail: QueryBytes.Edns(options: QueryBytes.Cookie(s_client)));

        for (var length = 0; length < whole.Length; length++)
        {
            var reading = QueryReader.Read(whole.AsSpan(0, length), out _);
            Assert.Equal(length < Query.HeaderBytes ? Reading.Nonsense : Reading.Malformed, reading);
        }

        Assert.Equal(Reading.Query, QueryReader.Read(whole, out _));
    }

    [Fact]
    public void Whatever_comes_is_read_without_a_fault() => Gen.Byte.Array[0, 600].Sample(message =>
    {
        if (QueryReader.Read(message, out var query) != Reading.Query) return;
        // Every place that it names is in the message.
        Assert.True(message[query.Question].Length >= message[query.Name].Length && message[query.Cookie].Length <= 40);
    }, iter: 20_000);

    [Fact]
    public void A_query_with_any_byte_changed_is_read_without_a_fault()
    {
        var whole = QueryBytes.Of("www.example.org", RecordType.A, tail: QueryBytes.Edns(options: QueryBytes.Cookie(s_client)));

        for (var at = 0; at < whole.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                byte[] changed = [.. whole];
                changed[at] = (byte)value;
                if (QueryReader.Read(changed, out var query) == Reading.Query) _ = changed[query.Cookie];
            }
        }
    }
}
