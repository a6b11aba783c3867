/** Lower case without marks, for searching: "Đặng" is found by "dang". */
export const fold = (text) => text.toLowerCase().replaceAll("đ", "d").normalize("NFD").replace(/\p{M}/gu, "");
