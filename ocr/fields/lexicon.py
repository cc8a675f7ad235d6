"""Words the finders know: heads of authority names, positions, provinces, family names. Data only."""

UNITS = (
    "tỉnh", "thành phố", "huyện", "quận", "thị xã", "thị trấn", "phường", "xã", "đặc khu", "TP", "TP.", "khu vực",
    "liên khu",
)  # fmt: skip
"""After these words a place name follows."""  # fmt: skip

ABBREVIATIONS = frozenset(
    """
    UBND HDND UBMTTQ MTTQ MTTQVN VKSND TAND BHXH KBNN THPT THCS TNHH MTV TTYT PTNT PCCC CNTT BCH TW TNCS HTX BQL
    KCN KKT THADS CSGT ATTP DTXD II III IV VI VII VIII IX XI XII XIII XIV XV XVI LDTBXH GDDT TNMT KHDT VHTT CDC
    SXKD CP ODA
    """.split()  # noqa: SIM905 - a list of one-word strings reads worse
)

AUTHORITY_WORDS = (
    "ủy ban", "ubnd", "hđnd", "hội đồng", "bộ", "sở", "cục", "tổng cục", "chi cục", "văn phòng", "phòng", "ban",
    "thanh tra", "trường", "đại học", "viện", "trung tâm", "công ty", "tổng công ty", "tập đoàn", "ngân hàng",
    "tòa án", "công an", "hội", "liên đoàn", "liên minh", "bảo hiểm", "bhxh", "kho bạc", "chính phủ", "thủ tướng",
    "quốc hội", "học viện", "bệnh viện", "đài", "báo", "đảng", "tỉnh ủy", "thành ủy", "huyện ủy", "đảng ủy",
    "đảng bộ", "chi nhánh", "đoàn", "quỹ", "vụ", "tỉnh đoàn", "tổng liên đoàn", "mặt trận", "ubmttq", "bch",
    "ủy viên", "chủ tịch", "tạp chí", "nhà xuất bản", "hải quan", "thuế", "kiểm toán", "cơ quan", "xí nghiệp",
    "hợp tác xã", "hiệp hội", "nông trường", "bộ đội", "bộ chỉ huy", "tư lệnh", "quân khu", "vườn quốc gia", "trạm",
    "tổ", "hạt", "đội", "câu lạc bộ", "nhà máy", "trại", "khu", "thành đoàn", "vietnam", "cảng", "thi hành án",
    "vksnd", "tand", "ban quản lý", "bql",
)  # fmt: skip
"""A row of the left head that begins so names an authority of its own."""

SECTORS = (
    "Thương binh và Xã hội", "Xã hội",
    "Tài chính", "Nội vụ", "Tư pháp", "Y tế", "Xây dựng", "Công Thương", "Giáo dục và Đào tạo", "Kế hoạch và Đầu tư",
    "Tài nguyên và Môi trường", "Nông nghiệp và Phát triển nông thôn", "Nông nghiệp và Môi trường",
    "Lao động - Thương binh và Xã hội", "Văn hóa, Thể thao và Du lịch", "Văn hóa và Thể thao",
    "Thông tin và Truyền thông", "Khoa học và Công nghệ", "Giao thông vận tải", "Ngoại giao", "Ngoại vụ", "Du lịch",
    "Quốc phòng", "Công an", "Dân tộc và Tôn giáo", "Dân tộc", "Tôn giáo", "Quy hoạch - Kiến trúc", "Kinh tế",
    "Kinh tế, Hạ tầng và Đô thị", "Văn hóa - Xã hội", "Văn hóa", "Lao động", "Khoa học", "Giáo dục", "Nông nghiệp",
    "Tài nguyên", "Thông tin", "Kế hoạch",
)  # fmt: skip
"""What ministries, departments and divisions are named after."""

INSTITUTIONS = (
    "Trường", "Đại học", "Trường Đại học", "Cao đẳng", "Trường Cao đẳng", "Trường Tiểu học", "Trường Mầm non",
    "Trường Mẫu giáo", "Trường Trung học cơ sở", "Trường Trung học phổ thông", "Trường THCS", "Trường THPT",
    "Trường Trung cấp", "Học viện", "Bệnh viện", "Bệnh viện Đa khoa", "Công ty", "Công ty TNHH", "Công ty Cổ phần",
    "Tổng công ty", "Tập đoàn", "Ngân hàng", "Nhà xuất bản", "Hợp tác xã", "Xí nghiệp", "Nhà máy",
)  # fmt: skip
"""After these words a name of their own follows."""

OFFICES = (
    "Trung tâm", "Chi cục", "Cục", "Vụ", "Viện", "Phòng", "Ban", "Ban Quản lý", "Chi nhánh", "Văn phòng", "Quỹ", "Hội",
    "Hiệp hội", "Đội", "Trạm",
)  # fmt: skip
"""After these words stands what they see to, its first word capital: Nghị định 30/2020/NĐ-CP, Phụ lục II, IV.1."""

FIELDS_OF_WORK = (
    "Y Dược", "Y khoa", "Y học cổ truyền", "Y tế công cộng", "Y tế dự phòng", "Răng Hàm Mặt", "Đa khoa", "Trung ương",
    "Sư phạm", "Sư phạm Kỹ thuật", "Bách khoa", "Kinh tế", "Kinh tế Quốc dân", "Luật", "Công nghệ", "Công nghiệp",
    "Khoa học Tự nhiên", "Khoa học Xã hội và Nhân văn", "Ngoại thương", "Thương mại", "Thủy lợi", "Nông Lâm",
    "Kiến trúc", "Kiểm soát bệnh tật", "Phục vụ hành chính công", "Dịch vụ việc làm", "Phát triển quỹ đất",
    "Đăng ký đất đai", "Văn phòng Đăng ký đất đai", "An toàn vệ sinh thực phẩm", "Dân số - Kế hoạch hóa gia đình",
    "Khoa học và Công nghệ", "Chăn nuôi và Thú y", "Trồng trọt và Bảo vệ thực vật", "Kiểm lâm", "Bảo vệ môi trường",
    "Cổ phần", "Nhà nước", "Một thành viên",
)  # fmt: skip

PHRASES = (
    *SECTORS, *INSTITUTIONS, *OFFICES, *FIELDS_OF_WORK, "tỉnh", "thành phố", "huyện", "quận", "thị xã", "thị trấn",
    "phường", "xã", "Ủy ban nhân dân", "Hội đồng nhân dân", "Ủy ban Mặt trận Tổ quốc",
    "Ủy ban Mặt trận Tổ quốc Việt Nam", "Mặt trận Tổ quốc Việt Nam", "Ủy ban Dân tộc", "Ủy ban Thường vụ Quốc hội",
    "Quốc hội", "Chính phủ", "Thủ tướng Chính phủ", "Văn phòng Chính phủ", "Văn phòng", "Bộ", "Sở", "Thanh tra",
    "Thanh tra Chính phủ", "Ban Quản lý", "Khu kinh tế", "Tòa án nhân dân", "Viện kiểm sát nhân dân",
    "Bảo hiểm xã hội", "Kho bạc Nhà nước", "Ngân hàng Nhà nước", "Kiểm toán nhà nước", "Bộ đội Biên phòng",
    "Bộ Chỉ huy quân sự", "Hội Nông dân", "Hội Cựu chiến binh", "Hội Liên hiệp Phụ nữ", "Đoàn TNCS Hồ Chí Minh",
    "Hồ Chí Minh", "Việt Nam", "Cục Thuế", "Cục Hải quan", "Tổng cục", "Tổng cục Thuế", "Tổng cục Hải quan",
    "Chi cục Thuế", "Hải quan", "Quản lý thị trường", "Chủ tịch", "Phó Chủ tịch", "Phó Chủ tịch Thường trực",
    "Chủ tịch nước", "Chánh Văn phòng", "Phó Chánh Văn phòng", "Giám đốc", "Phó Giám đốc", "Tổng Giám đốc",
    "Phó Tổng Giám đốc", "Bộ trưởng", "Thứ trưởng", "Thủ tướng", "Phó Thủ tướng", "Cục trưởng", "Phó Cục trưởng",
    "Chi cục trưởng", "Phó Chi cục trưởng", "Vụ trưởng", "Phó Vụ trưởng", "Tổng cục trưởng", "Phó Tổng cục trưởng",
    "Trưởng phòng", "Phó Trưởng phòng", "Trưởng ban", "Phó Trưởng ban", "Hiệu trưởng", "Phó Hiệu trưởng",
    "Viện trưởng", "Phó Viện trưởng", "Chánh án", "Phó Chánh án", "Chánh Thanh tra", "Phó Chánh Thanh tra",
    "Bộ trưởng, Chủ nhiệm", "Chủ nhiệm", "Phó Chủ nhiệm", "Tổng Thanh tra", "Phó Tổng Thanh tra", "Thống đốc",
    "Phó Thống đốc", "Bí thư", "Phó Bí thư", "Kiểm sát viên",
)  # fmt: skip
"""In the case they are written; the longest match wins."""

POSITIONS = (
    "chủ tịch", "phó chủ tịch", "giám đốc", "phó giám đốc", "bộ trưởng", "thứ trưởng", "thủ tướng", "phó thủ tướng",
    "cục trưởng", "vụ trưởng", "chánh văn phòng", "phó chánh văn phòng", "trưởng phòng", "trưởng ban", "hiệu trưởng",
    "viện trưởng", "chánh án", "chánh thanh tra", "chủ nhiệm", "tổng giám đốc", "thống đốc", "bí thư",
    "tổng thanh tra", "trưởng đoàn", "tổng biên tập", "chi cục trưởng", "tổng cục trưởng", "đội trưởng",
    "trạm trưởng", "tư lệnh", "chỉ huy trưởng", "trưởng công an", "giám thị", "phó trưởng phòng", "phó trưởng ban",
    "phó cục trưởng", "phó vụ trưởng", "phó hiệu trưởng", "phó viện trưởng", "phó chủ nhiệm", "phó tổng giám đốc",
    "phó thống đốc", "phó tổng thanh tra", "phó bí thư", "phó tổng cục trưởng", "phó chi cục trưởng", "trưởng khoa",
    "trưởng trạm", "chủ tịch nước", "tổng kiểm toán", "quyền", "ủy viên", "thư ký", "trưởng ty", "trưởng bộ phận",
    "công chứng viên", "tổng thư ký", "chính ủy", "phó chánh thanh tra", "phó chánh án", "kế toán trưởng",
    "thủ trưởng", "phó trưởng",
)  # fmt: skip
"""How a signer's title begins."""

PROVINCES = (
    "Hà Nội", "Hà Giang", "Cao Bằng", "Bắc Kạn", "Tuyên Quang", "Lào Cai", "Điện Biên", "Lai Châu", "Sơn La",
    "Yên Bái", "Hòa Bình", "Thái Nguyên", "Lạng Sơn", "Quảng Ninh", "Bắc Giang", "Phú Thọ", "Vĩnh Phúc", "Bắc Ninh",
    "Hải Dương", "Hải Phòng", "Hưng Yên", "Thái Bình", "Hà Nam", "Nam Định", "Ninh Bình", "Thanh Hóa", "Nghệ An",
    "Hà Tĩnh", "Quảng Bình", "Quảng Trị", "Thừa Thiên Huế", "Thừa Thiên - Huế", "Huế", "Đà Nẵng", "Quảng Nam",
    "Quảng Ngãi", "Bình Định", "Phú Yên", "Khánh Hòa", "Ninh Thuận", "Bình Thuận", "Kon Tum", "Gia Lai", "Đắk Lắk",
    "Đắk Nông", "Lâm Đồng", "Bình Phước", "Tây Ninh", "Bình Dương", "Đồng Nai", "Bà Rịa - Vũng Tàu", "Hồ Chí Minh",
    "Long An", "Tiền Giang", "Bến Tre", "Trà Vinh", "Vĩnh Long", "Đồng Tháp", "An Giang", "Kiên Giang", "Cần Thơ",
    "Hậu Giang", "Sóc Trăng", "Bạc Liêu", "Cà Mau",
)  # fmt: skip
"""The 63 of before July 2025; the 34 of today are among them."""

FAMILY_NAMES = frozenset(
    """
    nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh mai dao doan truong lam trinh
    luong ha cao luu thai chu ta to vuong quach tang phung la kieu khuc luc ton lai tong dam nghiem thach au mac
    vi lo ong quan hua nong trieu ma ban sam giang chau dieu khong bach van tieu si thieu nhu ung ninh phi ca
    cam lu y h' rmah ksor siu
    """.split()  # noqa: SIM905 - a list of one-word strings reads worse
)
"""Folded."""

RANKS = (
    "đại tướng", "thượng tướng", "trung tướng", "thiếu tướng", "đại tá", "thượng tá", "trung tá", "thiếu tá",
    "đại úy", "thượng úy", "trung úy", "thiếu úy", "gs", "pgs", "ts", "ths", "bs", "bsckii", "bscki", "ckii", "cki",
    "ks", "cn", "nguts", "nguut", "ttut", "ttnd", "luật sư",
)  # fmt: skip
"""Rank and learning printed before a signer's name; no part of it."""
