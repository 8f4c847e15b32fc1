using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;
using ClusterLb.Node.Dns.Messages;

namespace ClusterLb.Node.Tests.Dns.Zones;

/// <summary>A response as an independent reader reads it: to its last byte, or a failed test.</summary>
internal sealed record Answered(int Id, int Flags, int Code, string Question, IReadOnlyList<string> Answers,
    IReadOnlyList<string> Authorities, IReadOnlyList<string> Additionals, bool HasEdns, int EdnsSize, bool WantsDnssec, byte[] Cookie)
{
    public bool IsTruncated => (Flags & 0x0200) != 0;

    public bool IsAuthoritative => (Flags & 0x0400) != 0;

    public bool OffersRecursion => (Flags & 0x0080) != 0;

    /// <summary>Of the answer section, in its order.</summary>
    public IReadOnlyList<string> Data => [.. Answers.Select(answer => answer.Split(' ', 4)[3])];

    public static Answered Read(ReadOnlySpan<byte> message) => new Reader(message.ToArray()).Read();

    private sealed class Reader(byte[] message)
    {
        private int _at = 12;
        private int _extendedCode;
        private (int Size, bool WantsDnssec, byte[] Cookie)? _edns;

        public Answered Read()
        {
            var question = Short(4) == 0 ? "" : $"{Name()} {Take16()} {Take16()}";
            var (answers, authorities) = (Records(Short(6)), Records(Short(8)));
            var additionals = Records(Short(10));
            Assert.Equal(message.Length, _at);
            return new Answered(Short(0), Short(2), Short(2) & 0xF | _extendedCode << 4, question, answers, authorities, additionals,
                _edns is not null, _edns?.Size ?? 0, _edns?.WantsDnssec ?? false, _edns?.Cookie ?? []);
        }

        /// <summary>As "name type ttl data"; EDNS is none of them.</summary>
        private List<string> Records(int count)
        {
            var records = new List<string>();
            for (var i = 0; i < count; i++)
            {
                var (name, type, @class, ttl, length) = (Name(), (RecordType)Take16(), Take16(), Take16() << 16 | Take16(), Take16());
                var end = _at + length;
                if (type == RecordType.OPT) ReadEdns(@class, ttl, end);
                else records.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {type} {ttl} {Data(type, end)}"));
                Assert.Equal(end, _at);
            }

            return records;
        }

        private string Data(RecordType type, int end)
        {
            if (type is RecordType.A or RecordType.AAAA) return new IPAddress(Bytes(end - _at)).ToString();
            if (type == RecordType.NS) return Name();
            if (type != RecordType.SOA) return Encoding.Latin1.GetString(Bytes(end - _at));
            var names = $"{Name()} {Name()}";
            return names + string.Concat(Enumerable.Range(0, 5).Select(_ => $" {(uint)(Take16() << 16 | Take16())}"));
        }

        private void ReadEdns(int size, int fields, int end)
        {
            _extendedCode = fields >> 24;
            byte[] cookie = [];
            while (_at < end)
            {
                var (code, length) = (Take16(), Take16());
                if (code == 10) cookie = Bytes(length);
                else _at += length;
            }

            _edns = (size, (fields & 0x8000) != 0, cookie);
        }

        private string Name()
        {
            var labels = new List<string>();
            int? back = null;
            while (message[_at] is var length and > 0)
            {
                if (length >= 0xC0)
                {
                    back ??= _at + 2;
                    var to = Short(_at) & 0x3FFF;
                    Assert.True(to < _at, "a pointer forwards");
                    _at = to;
                    continue;
                }

                labels.Add(Encoding.Latin1.GetString(message, _at + 1, length));
                _at += 1 + length;
            }

            _at = back ?? _at + 1;
            return string.Join('.', labels);
        }

        private byte[] Bytes(int count)
        {
            _at += count;
            return message[(_at - count).._at];
        }

        private int Take16()
        {
            _at += 2;
            return Short(_at - 2);
        }

        private int Short(int at) => BinaryPrimitives.ReadUInt16BigEndian(message.AsSpan(at));
    }
}
